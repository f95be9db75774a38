package io.greenroom.state;

import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;

/**
 * How a body is entered, for frameworks that put something around it. It is called on the
 * body's green thread. It must call the state method on that thread, on the object or on
 * a proxy of it, and return or throw when that has returned or thrown. The call into the
 * object finds the machine waiting for it and runs the body. A body that makes way for
 * another returns here as if it had ended normally.
 */
@FunctionalInterface
public interface StateEntry {

	/**
	 * Calls the state method.
	 * @param state the state's method, as declared by the user's class
	 * @param args the arguments of the move
	 * @throws Throwable what the body, or anything around it, throws; the machine fails
	 * with it
	 */
	void enter(Method state, @Nullable Object[] args) throws Throwable;

	/**
	 * Returns the name of the machine for logs and messages. Called once, when the
	 * machine is created.
	 * @return the name, or {@code null} for the simple name of its class and a running
	 * number
	 */
	default @Nullable String name() {
		return null;
	}

	/**
	 * Called when the machine has come to rest or to its end, so that no body runs or is
	 * about to. Called after the fact, without a lock, on the thread that caused it.
	 */
	default void settled() {
	}

}
