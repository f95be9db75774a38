/**
 * The port through which the core says what happens, with a no-op behind it. Knows
 * nothing of meters, events or Spring: {@code metrics} and {@code spring} listen here.
 */
@NullMarked
package io.greenroom.observe;

import org.jspecify.annotations.NullMarked;
