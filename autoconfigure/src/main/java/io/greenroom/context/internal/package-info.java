/**
 * The implementation of {@link io.greenroom.observe.ContextCarrier} with Micrometer's
 * context propagation: registered accessors, the logging context, and the locale and
 * request of Spring.
 */
@NullMarked
package io.greenroom.context.internal;

import org.jspecify.annotations.NullMarked;
