/**
 * The instances behind a {@link io.greenroom.keyed.Keyed}: which there are, and when they
 * come and go; begin with {@link io.greenroom.keyed.internal.KeyedHandler}. Promises
 * nothing.
 */
@NullMarked
package io.greenroom.keyed.internal;

import org.jspecify.annotations.NullMarked;
