/**
 * What the enhanced classes call, and the rules that the start and javac apply. For
 * internal use only; may change at any time.
 */
@NullMarked
package io.greenroom.state.internal;

import org.jspecify.annotations.NullMarked;
