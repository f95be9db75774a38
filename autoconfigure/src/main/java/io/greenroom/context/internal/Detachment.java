package io.greenroom.context.internal;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Determines what a context carries in place of a value whose owner may have ended when
 * the value is used.
 */
@FunctionalInterface
public interface Detachment {

	/** Leaves the value out. */
	Detachment LEFT_OUT = (accessor) -> null;

	/**
	 * Returns the replacement of the calling thread's value.
	 * @param accessor provides the value
	 * @return a value that does not depend on the end of its owner, or {@code null} to
	 * leave it out
	 */
	@Nullable Object detached(ThreadLocalAccessor<?> accessor);

}
