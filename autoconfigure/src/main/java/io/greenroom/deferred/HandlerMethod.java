package io.greenroom.deferred;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;

import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/**
 * A method that callers may call on a handler, with what is decided about it beforehand.
 *
 * @param method the method
 * @param mode how a plain call of it is made
 * @param urgent whether its calls overtake others
 * @param readOnly whether its bodies may run beside each other
 * @param afterCommit whether a call made in a transaction waits for its commit
 * @param required in which states its calls run, null for any
 * @param handle the method as {@code (Object target, Object[] arguments) -> Object}
 */
record HandlerMethod(Method method, CallMode mode, boolean urgent, boolean readOnly, boolean afterCommit,
		@Nullable InState required, MethodHandle handle) {

	private static final MethodType GENERIC = MethodType.methodType(Object.class, Object.class, Object[].class);

	static HandlerMethod of(Method method, CallMode mode, boolean urgent, boolean readOnly, boolean afterCommit,
			@Nullable InState required, MethodHandle handle) {
		return new HandlerMethod(method, mode, urgent, readOnly, afterCommit, required,
				handle.asFixedArity().asSpreader(Object[].class, method.getParameterCount()).asType(GENERIC));
	}

	/**
	 * Returns another declaration of this method, with what is decided about this one.
	 */
	HandlerMethod declaredAs(HandlerMethod other) {
		return new HandlerMethod(other.method, this.mode, this.urgent, this.readOnly, this.afterCommit, this.required,
				other.handle);
	}

	String name() {
		return this.method.getName();
	}

	@Nullable Object invoke(Object target, @Nullable Object[] arguments) throws Throwable {
		return this.handle.invokeExact(target, arguments);
	}

	/** Returns what a call gets that does not wait for a result. */
	@Nullable Object nothing() {
		Class<?> type = this.method.getReturnType();
		// A fresh array's only element is the type's zero.
		return (type.isPrimitive() && type != void.class) ? java.lang.reflect.Array.get(zeros(type), 0) : null;
	}

	private static Object zeros(Class<?> type) {
		return java.lang.reflect.Array.newInstance(type, 1);
	}

}
