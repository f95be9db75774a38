package io.greenroom.deferred.internal;

import org.jspecify.annotations.Nullable;

/**
 * The way to a handler of a {@link HandlerFamily} that is found anew for each call. Two
 * that are equal lead to the same one; {@code toString} names it. Users don't need this.
 */
public interface HandlerRoute {

	/**
	 * Finds the handler and makes the call there.
	 * @param call the call
	 * @return what its caller gets
	 * @throws Throwable what its caller gets
	 */
	@Nullable Object call(RoutedCall call) throws Throwable;

}
