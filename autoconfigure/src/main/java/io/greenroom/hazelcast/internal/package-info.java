/** The nodes of a cluster as Hazelcast members. Internal; may change at any time. */
@NullMarked
package io.greenroom.hazelcast.internal;

import org.jspecify.annotations.NullMarked;
