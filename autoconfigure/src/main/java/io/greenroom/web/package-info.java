/**
 * Controllers in bounded pools: the annotation, the filters of functional routes, and the
 * exceptions.
 */
@NullMarked
package io.greenroom.web;

import org.jspecify.annotations.NullMarked;
