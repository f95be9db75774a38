/**
 * A ticket agency: a controller that is an HTTP client itself, in plain blocking code.
 */
@NullMarked
package io.greenroom.sample.agency;

import org.jspecify.annotations.NullMarked;
