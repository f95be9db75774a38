package io.greenroom.green.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * Knows the threads that wait by giving up their turn: those of workers, from their start
 * to their end.
 */
public final class Turns {

	private static final Map<Thread, Turn> TURNS = new ConcurrentHashMap<>();

	/**
	 * Whether there has ever been a worker. An application without one pays for this read
	 * only. Volatile, so that a thread of a worker never misses it.
	 */
	private static volatile boolean inUse;

	private Turns() {
	}

	/** Returns whether there has ever been a worker. */
	public static boolean areInUse() {
		return inUse;
	}

	/** Returns the turn of the current thread. */
	public static @Nullable Turn current() {
		return inUse ? TURNS.get(Thread.currentThread()) : null;
	}

	/** Returns the turn of a thread. */
	public static @Nullable Turn of(@Nullable Thread thread) {
		return (inUse && thread != null) ? TURNS.get(thread) : null;
	}

	/** Called when a worker is created. */
	public static void use() {
		inUse = true;
	}

	/** Registers the turn of a thread. */
	public static void register(Thread thread, Turn turn) {
		TURNS.put(thread, turn);
	}

	/** Removes a thread that has ended. */
	public static void forget(Thread thread) {
		TURNS.remove(thread);
	}

}
