/**
 * Handlers: objects whose methods run one at a time, regardless of the caller. Usable
 * without Spring, starting from {@code Deferred.of}.
 */
@NullMarked
package io.greenroom.deferred;

import org.jspecify.annotations.NullMarked;
