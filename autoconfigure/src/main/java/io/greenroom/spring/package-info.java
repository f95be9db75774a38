/**
 * What an application sees of the Spring integration: the events of handlers and
 * machines, and the exceptions of a start that found wrong ones.
 */
@NullMarked
package io.greenroom.spring;

import org.jspecify.annotations.NullMarked;
