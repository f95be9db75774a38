/**
 * Actuator endpoints and health indicators: the dump of everything that is alive,
 * operations on it, and the health of the handlers.
 */
@NullMarked
package io.greenroom.actuate.internal;

import org.jspecify.annotations.NullMarked;
