/**
 * Micrometer support: records the events of the core's {@code observe} package as meters.
 */
@NullMarked
package io.greenroom.metrics.internal;

import org.jspecify.annotations.NullMarked;
