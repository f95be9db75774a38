/**
 * How calls find the owner of their key: the protocol between nodes, and the port to who
 * they are and what they say, {@link io.greenroom.cluster.internal.Nodes}. Promises
 * nothing.
 */
@NullMarked
package io.greenroom.cluster.internal;

import org.jspecify.annotations.NullMarked;
