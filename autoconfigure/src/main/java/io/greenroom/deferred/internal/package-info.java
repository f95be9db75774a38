/**
 * What stands behind a {@link io.greenroom.deferred.Deferred}: mailboxes, the threads
 * that hold handlers, and their ends; begin with
 * {@link io.greenroom.deferred.internal.Handler}. Public are the parts that Greenroom's
 * packages for keys, for Spring and for reports put together. Promises nothing to others.
 */
@NullMarked
package io.greenroom.deferred.internal;

import org.jspecify.annotations.NullMarked;
