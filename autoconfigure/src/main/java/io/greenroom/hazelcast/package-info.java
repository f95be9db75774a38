/** The nodes of a cluster, by a Hazelcast member of our own. */
@NullMarked
package io.greenroom.hazelcast;

import org.jspecify.annotations.NullMarked;
