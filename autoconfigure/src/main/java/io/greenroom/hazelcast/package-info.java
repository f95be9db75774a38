/** Customization of the Hazelcast member that a cluster runs on. */
@NullMarked
package io.greenroom.hazelcast;

import org.jspecify.annotations.NullMarked;
