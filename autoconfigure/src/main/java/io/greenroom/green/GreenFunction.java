package io.greenroom.green;

import org.jspecify.annotations.Nullable;

/**
 * A function for the items of a {@code map}, which may throw any exception.
 *
 * @param <A> the type of the items
 * @param <R> the type of the results
 */
@FunctionalInterface
public interface GreenFunction<A, R> {

	/**
	 * Applies the function.
	 * @param item the item
	 * @return the result
	 * @throws Exception if this item fails
	 */
	@Nullable R apply(A item) throws Exception;

}
