/**
 * Controllers in bounded pools: the handler adapter and its answers.
 */
@NullMarked
package io.greenroom.web;

import org.jspecify.annotations.NullMarked;
