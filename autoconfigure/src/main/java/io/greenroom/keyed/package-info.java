/**
 * Handlers by key: each key has an instance of its own, which is created by the first
 * call and removed when it is idle.
 */
@NullMarked
package io.greenroom.keyed;

import org.jspecify.annotations.NullMarked;
