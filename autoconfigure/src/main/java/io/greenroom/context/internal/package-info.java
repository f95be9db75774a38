/**
 * The context-propagation side of {@link io.greenroom.observe.ContextCarrier}: what is
 * registered there, the logging context, and the framework's locale and request.
 */
@NullMarked
package io.greenroom.context.internal;

import org.jspecify.annotations.NullMarked;
