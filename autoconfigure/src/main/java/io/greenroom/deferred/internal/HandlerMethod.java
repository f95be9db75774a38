package io.greenroom.deferred.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Method;

import io.greenroom.deferred.InState;
import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/**
 * A method that callers may call on a handler, with what its declarations say.
 *
 * @param method the method
 * @param mode how a plain call of it is made
 * @param urgent whether its calls overtake ordinary calls
 * @param readOnly whether its bodies may run beside each other
 * @param afterCommit whether a call made in a transaction waits for its commit
 * @param durable whether its calls are stored until their body has returned
 * @param required the states in which its calls run, {@code null} for any
 * @param handle the method as {@code (Object target, Object[] arguments) -> Object}
 * @param nothing what the caller gets that does not wait for a result
 */
record HandlerMethod(Method method, CallMode mode, boolean urgent, boolean readOnly, boolean afterCommit,
		boolean durable, @Nullable InState required, MethodHandle handle, @Nullable Object nothing) {

	private static final MethodType GENERIC = MethodType.methodType(Object.class, Object.class, Object[].class);

	static HandlerMethod of(Method method, CallMode mode, boolean urgent, boolean readOnly, boolean afterCommit,
			boolean durable, @Nullable InState required, MethodHandle handle) {
		return new HandlerMethod(method, mode, urgent, readOnly, afterCommit, durable, required,
				handle.asFixedArity().asSpreader(Object[].class, method.getParameterCount()).asType(GENERIC),
				zero(method.getReturnType()));
	}

	// Not the record's own: the JDK would softly keep the class of each component, and
	// with it our class loader.

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof HandlerMethod that && this.method.equals(that.method)
				&& this.handle.equals(that.handle);
	}

	@Override
	public int hashCode() {
		return this.method.hashCode();
	}

	private static @Nullable Object zero(Class<?> type) {
		// A fresh array's only element is the type's zero.
		return (type.isPrimitive() && type != void.class) ? Array.get(Array.newInstance(type, 1), 0) : null;
	}

	/**
	 * Returns another declaration of this method, with the properties of this one.
	 */
	HandlerMethod declaredAs(HandlerMethod other) {
		return new HandlerMethod(other.method, this.mode, this.urgent, this.readOnly, this.afterCommit, this.durable,
				this.required, other.handle, other.nothing);
	}

	String name() {
		return this.method.getName();
	}

	@Nullable Object invoke(Object target, @Nullable Object[] arguments) throws Throwable {
		return this.handle.invokeExact(target, arguments);
	}

}
