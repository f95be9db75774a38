package io.greenroom.state;

import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;

/**
 * How a body is entered, for frameworks that put something round it. It is called on the
 * body's green thread and must call the state method, on the object or on a proxy of it,
 * on that thread, and return or throw when that has. The call into the object finds the
 * machine waiting for it and runs the body; a body that makes way for another returns
 * here as if it had ended normally.
 */
@FunctionalInterface
public interface StateEntry {

	/**
	 * Calls the state method.
	 * @param state the state's method, as the user's class declares it
	 * @param args the arguments of the move
	 * @throws Throwable what the body, or what was put round it, throws; the machine
	 * fails with it
	 */
	void enter(Method state, @Nullable Object[] args) throws Throwable;

	/**
	 * The machine came to rest or to its end: no body runs, and none is about to. Called
	 * after the fact, without a lock, on whichever thread brought it about.
	 */
	default void settled() {
	}

}
