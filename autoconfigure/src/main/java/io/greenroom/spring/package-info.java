/**
 * The public part of the Spring integration: the events of handlers and machines, and the
 * exceptions for invalid ones at the start.
 */
@NullMarked
package io.greenroom.spring;

import org.jspecify.annotations.NullMarked;
