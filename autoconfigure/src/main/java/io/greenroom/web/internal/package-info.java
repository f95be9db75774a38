/**
 * How controllers run in bounded pools: the handler adapter, the hop, admission and
 * rejections. Promises nothing.
 */
@NullMarked
package io.greenroom.web.internal;

import org.jspecify.annotations.NullMarked;
