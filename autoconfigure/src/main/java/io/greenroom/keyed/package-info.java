/**
 * Handlers by key: one instance for each key, made when the key is first called, and gone
 * when it is idle.
 */
@NullMarked
package io.greenroom.keyed;

import org.jspecify.annotations.NullMarked;
