package io.greenroom.green.internal;

import java.time.InstantSource;
import java.util.List;

import io.greenroom.green.GreenThread;

/**
 * What the green threads of a scheduler run on, and whose time applies to them: the JDK's
 * or a worker's.
 */
public interface Engine {

	/** Creates a thread that {@link #start} starts. */
	Thread thread(String name, Runnable body);

	/**
	 * Creates a thread that inherits its creator's class loader and nothing else.
	 * Inheritable thread locals are not inherited, because the thread's origin decides
	 * whether the context of a caller is carried.
	 */
	static Thread unstarted(Thread.Builder.OfVirtual builder, String name, Runnable body) {
		Thread thread = builder.name(name).inheritInheritableThreadLocals(false).unstarted(body);
		thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
		return thread;
	}

	/** Starts a thread that was created here. */
	void start(Thread thread);

	/**
	 * Runs an action after the given nanoseconds, on a thread that it may block, with its
	 * caller's class loader; on a worker, between two steps. Returns an idempotent action
	 * that cancels it.
	 */
	Runnable schedule(long nanos, Timing timing, Runnable action);

	/** Returns the time that {@link #schedule} uses, in nanoseconds. */
	long nanoTime();

	/** Returns the time of day that goes with it. */
	InstantSource clock();

	/**
	 * Rejects a wait that could never end. The message contains what the wait is for, and
	 * whose.
	 * @throws IllegalStateException if the current thread is the one that steps the
	 * threads of this engine
	 */
	void checkMayWait(String what, String whose);

	/**
	 * Lets the threads go on until the caller checks something again: for a pause, or, if
	 * it is the caller's task to step them, until something has happened. May return
	 * early if the caller is interrupted.
	 * @param pause how long, in nanoseconds
	 * @param left when the caller gives up, in nanoseconds from now
	 */
	void rest(Object blocker, long pause, long left);

	/** Waits for the thread's end, and steps it if that is the caller's task. */
	boolean awaitEnd(GreenThread<?> thread, long nanos) throws InterruptedException;

	/**
	 * Runs each job on a thread of its own, and waits for all of them within the time.
	 * Interrupts those that have not ended by then.
	 */
	void runAll(List<Runnable> jobs, Countdown time) throws InterruptedException;

	/** Cancels all scheduled actions. */
	void close();

}
