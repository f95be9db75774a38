/**
 * The Micrometer side of {@code observe}: turns what the core says into meters.
 */
@NullMarked
package io.greenroom.metrics.internal;

import org.jspecify.annotations.NullMarked;
