/**
 * The protocol by which calls find the owner of their key. It reaches the other nodes
 * through a port, {@link io.greenroom.cluster.internal.Nodes}. Internal; may change at
 * any time.
 */
@NullMarked
package io.greenroom.cluster.internal;

import org.jspecify.annotations.NullMarked;
