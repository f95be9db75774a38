/**
 * The port through which the core reports what happens, with a no-op implementation.
 * Independent of meters, events and Spring: {@code metrics} and {@code spring} listen
 * here.
 */
@NullMarked
package io.greenroom.observe;

import org.jspecify.annotations.NullMarked;
