package io.greenroom.deferred.internal;

import org.jspecify.annotations.Nullable;

/**
 * The route to a handler of a {@link HandlerFamily} that is looked up for each call.
 * Equal routes lead to the same handler, and {@code toString} names it. For internal use
 * only.
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
