package io.greenroom.context.internal;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a value that belongs to something which may be over when it is used.
 */
@FunctionalInterface
public interface Detachment {

	/** The value stays behind. */
	Detachment LEFT_OUT = (accessor) -> null;

	/**
	 * Returns what takes the place of the calling thread's value.
	 * @param accessor gives the value
	 * @return a value that nothing can end, {@code null} for none
	 */
	@Nullable Object detached(ThreadLocalAccessor<?> accessor);

}
