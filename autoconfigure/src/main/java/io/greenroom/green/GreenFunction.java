package io.greenroom.green;

import org.jspecify.annotations.Nullable;

/**
 * What is done with each item of a {@code map}, and may throw anything.
 *
 * @param <A> the type of the items
 * @param <R> the type of the results
 */
@FunctionalInterface
public interface GreenFunction<A, R> {

	/**
	 * Does the work.
	 * @param item the item
	 * @return the result
	 * @throws Exception whatever makes this item fail
	 */
	@Nullable R apply(A item) throws Exception;

}
