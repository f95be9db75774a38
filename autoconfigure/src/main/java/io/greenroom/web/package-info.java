/**
 * Controllers in bounded pools: the annotation, the filters of functional routes, and
 * what is thrown.
 */
@NullMarked
package io.greenroom.web;

import org.jspecify.annotations.NullMarked;
