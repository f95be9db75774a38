/**
 * How durable handlers are kept: what is stored of a class, the fence round its bodies,
 * the journal of its machine, and the port to the rows,
 * {@link io.greenroom.durable.internal.RowStore}. Promises nothing.
 */
@NullMarked
package io.greenroom.durable.internal;

import org.jspecify.annotations.NullMarked;
