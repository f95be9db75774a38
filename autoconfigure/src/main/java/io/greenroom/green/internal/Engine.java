package io.greenroom.green.internal;

import java.util.List;

import io.greenroom.green.GreenThread;

/**
 * What the green threads of a scheduler run on, and whose time they live in: the JDK, or
 * a worker.
 */
public interface Engine {

	/** Makes a thread that {@link #start} starts. */
	Thread thread(String name, Runnable body);

	/**
	 * Makes a thread that has its maker's class loader and nothing else of it: what a
	 * task's maker has in inheritable thread locals is its own; the context of a caller
	 * is carried, or not, as the thread's origin says.
	 */
	static Thread unstarted(Thread.Builder.OfVirtual builder, String name, Runnable body) {
		Thread thread = builder.name(name).inheritInheritableThreadLocals(false).unstarted(body);
		thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
		return thread;
	}

	/** Starts a thread made here. */
	void start(Thread thread);

	/**
	 * Runs an action later, on a thread that it may block, with its setter's class
	 * loader; in a worker's time between two steps. Returns what takes it back,
	 * idempotent.
	 */
	Runnable schedule(long nanos, Runnable action);

	/** Returns the time that {@link #schedule} goes by. */
	long nanoTime();

	/**
	 * Rejects a wait that nobody could ever end; what for and whose goes into the
	 * message.
	 * @throws IllegalStateException if the current thread is the one that makes the
	 * threads here go on
	 */
	void checkMayWait(String what, String whose);

	/** Waits for the thread's end, and makes it go on where that is the caller's task. */
	boolean awaitEnd(GreenThread<?> thread, long nanos) throws InterruptedException;

	/**
	 * Runs each on a thread of its own, and waits for them all, while there is time;
	 * interrupts those that have not ended then.
	 */
	void runAll(List<Runnable> jobs, Countdown time) throws InterruptedException;

	/** Takes back all that is scheduled. */
	void close();

}
