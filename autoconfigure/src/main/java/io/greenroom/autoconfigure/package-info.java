/**
 * Conditions, properties and wiring. No other package imports this one.
 */
@NullMarked
package io.greenroom.autoconfigure;

import org.jspecify.annotations.NullMarked;
