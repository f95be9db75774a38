/**
 * What the enhanced classes call, and the rules that the start and javac judge by.
 * Promises nothing to anybody else.
 */
@NullMarked
package io.greenroom.state.internal;

import org.jspecify.annotations.NullMarked;
