/**
 * The implementation of controllers in bounded pools: the handler adapter, the hop,
 * admission and rejections. Internal; may change at any time.
 */
@NullMarked
package io.greenroom.web.internal;

import org.jspecify.annotations.NullMarked;
