/**
 * The listener port that the core calls, with a no-op.
 */
@NullMarked
package io.greenroom.observe;

import org.jspecify.annotations.NullMarked;
