/**
 * What is observed of calls and states by Micrometer, and how an application says what
 * that is called: by beans of the conventions.
 */
@NullMarked
package io.greenroom.trace;

import org.jspecify.annotations.NullMarked;
