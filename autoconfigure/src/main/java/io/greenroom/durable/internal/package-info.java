/**
 * The implementation of durable handlers: what is stored of a class, the fence around its
 * bodies, the journal of its machine, and the port to the rows,
 * {@link io.greenroom.durable.internal.RowStore}. Internal; may change at any time.
 */
@NullMarked
package io.greenroom.durable.internal;

import org.jspecify.annotations.NullMarked;
