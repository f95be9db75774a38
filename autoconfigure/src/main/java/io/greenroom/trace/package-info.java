/**
 * Micrometer observations of handler calls and states, and the conventions that an
 * application can define as beans to change their names and key values.
 */
@NullMarked
package io.greenroom.trace;

import org.jspecify.annotations.NullMarked;
