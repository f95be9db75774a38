/**
 * The box office of a small theatre: every part of Greenroom in an application that fits
 * on a few screens. Start reading at {@link io.greenroom.sample.BoxOffice}.
 */
@NullMarked
package io.greenroom.sample;

import org.jspecify.annotations.NullMarked;
