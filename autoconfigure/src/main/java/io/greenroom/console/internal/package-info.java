/**
 * The page on which an operator sees what the endpoint knows, and the stream that keeps
 * it current.
 */
@NullMarked
package io.greenroom.console.internal;

import org.jspecify.annotations.NullMarked;
