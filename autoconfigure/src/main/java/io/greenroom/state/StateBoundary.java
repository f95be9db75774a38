package io.greenroom.state;

import org.jspecify.annotations.Nullable;

/**
 * Says where a body can't be left by calling the next state, for frameworks: inside
 * something that takes the way out for a failure, as a transaction or a retry does. What
 * is round the body as a whole is not meant, for there the body has ended normally.
 */
public interface StateBoundary {

	/**
	 * A body begins, on this thread, inside all that is round it.
	 * @return what {@link #obstacle(Object)} is to be given in this body
	 */
	@Nullable Object begin();

	/**
	 * Looks for what has begun on this thread since the body began, and has not ended.
	 * @param begun what {@link #begin()} returned for the body
	 * @return what is in the way, in words; {@code null} for nothing
	 */
	@Nullable String obstacle(@Nullable Object begun);

	/**
	 * Looks at a class that has a method between the body and the call of the next state.
	 * @param frame the class
	 * @return what is in the way, in words; {@code null} for nothing
	 */
	@Nullable String obstacleIn(Class<?> frame);

}
