/**
 * The annotation processor that checks states when they are compiled; see
 * {@link io.greenroom.state.State}.
 */
@NullMarked
package io.greenroom.state.processor;

import org.jspecify.annotations.NullMarked;
