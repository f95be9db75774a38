/**
 * What an operator may ask: the dump of everything that is alive, and the health of the
 * handlers.
 */
@NullMarked
package io.greenroom.actuate.internal;

import org.jspecify.annotations.NullMarked;
