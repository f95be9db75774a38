/**
 * What the enhanced classes call. Promises nothing to anybody else.
 */
@NullMarked
package io.greenroom.state.internal;

import org.jspecify.annotations.NullMarked;
