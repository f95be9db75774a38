/**
 * Conditions, properties and wiring. Nothing imports this package.
 */
@NullMarked
package io.greenroom.autoconfigure;

import org.jspecify.annotations.NullMarked;
