/**
 * State machines made of methods: a state is a method, a move is a call.
 */
@NullMarked
package io.greenroom.state;

import org.jspecify.annotations.NullMarked;
