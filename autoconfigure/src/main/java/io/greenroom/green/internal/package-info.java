/**
 * What green threads run on. For internal use by the other packages; may change at any
 * time.
 */
@NullMarked
package io.greenroom.green.internal;

import org.jspecify.annotations.NullMarked;
