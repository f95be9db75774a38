package io.greenroom.green.internal;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Platform threads of Greenroom's own that exist while there is something to do. They
 * have the system's class loader and inherit nothing from the thread that happens to
 * start them.
 */
final class OnDemand {

	private OnDemand() {
	}

	/**
	 * Starts a thread unless there is one. If the system has no platform thread, a
	 * virtual one must do.
	 */
	static void start(String name, AtomicReference<@Nullable Thread> place, Runnable body) {
		Thread thread = Thread.ofPlatform().daemon().name(name).inheritInheritableThreadLocals(false).unstarted(body);
		thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
		if (!place.compareAndSet(null, thread)) {
			return;
		}
		try {
			thread.start();
		}
		catch (OutOfMemoryError none) {
			startVirtual(name, place, body);
		}
		catch (Throwable failure) {
			place.set(null);
			throw failure;
		}
	}

	private static void startVirtual(String name, AtomicReference<@Nullable Thread> place, Runnable body) {
		try {
			Thread thread = Thread.ofVirtual().name(name).inheritInheritableThreadLocals(false).unstarted(body);
			place.set(thread);
			thread.start();
		}
		catch (Throwable noneEither) {
			place.set(null);
			throw noneEither;
		}
	}

	/**
	 * Gives up the place; returns whether the thread must end. It stays if something has
	 * come meanwhile and no other thread was started for it.
	 */
	static boolean leave(Thread thread, AtomicReference<@Nullable Thread> place, BooleanSupplier nothingLeft) {
		return !place.compareAndSet(thread, null) || nothingLeft.getAsBoolean() || !place.compareAndSet(null, thread);
	}

}
