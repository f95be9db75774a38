/**
 * The instances behind a {@link io.greenroom.keyed.Keyed}: which instances exist, and
 * when they come and go. Start reading at
 * {@link io.greenroom.keyed.internal.KeyedHandler}. Internal; may change at any time.
 */
@NullMarked
package io.greenroom.keyed.internal;

import org.jspecify.annotations.NullMarked;
