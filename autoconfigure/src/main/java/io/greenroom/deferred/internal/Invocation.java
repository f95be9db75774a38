package io.greenroom.deferred.internal;

import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;

/**
 * A call that an integration has intercepted by its own means and hands to
 * {@link Handler#call}. For internal use only.
 */
public interface Invocation {

	/**
	 * Returns the called method.
	 * @return the method, as declared by the handler's class or an interface of it
	 */
	Method method();

	/**
	 * Returns the arguments of the caller.
	 * @return the arguments
	 */
	@Nullable Object[] arguments();

	/**
	 * Runs the body. Called at most once, on the thread that holds the handler.
	 * @return what the body returned
	 * @throws Throwable what the body threw
	 */
	@Nullable Object proceed() throws Throwable;

}
