package io.greenroom.green.internal;

import java.util.concurrent.Callable;

import io.greenroom.green.Parking;
import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;

/**
 * One thread's wait for something that blocks a thread of the operating system, such as
 * reading a pipe or starting a process. A separate platform thread does it, because on a
 * virtual thread it would block a carrier. The waiting thread gives way to all others. In
 * a worker it waits in real time, and takes its place in the line when it goes on.
 *
 * @param <T> the type of the result
 */
public sealed class Outside<T> {

	/** Enough for reading and starting, in bytes. */
	private static final long STACK = 128 * 1024;

	private final Thread waiting = Thread.currentThread();

	/** Written by the platform thread before it is done. */
	private @Nullable T value;

	private @Nullable Throwable failure;

	private volatile boolean done;

	private volatile boolean late;

	private Outside() {
	}

	/**
	 * Begins a task on a platform thread.
	 * @throws OutOfMemoryError if no thread is available; nothing has begun in this case
	 */
	public static <T> Outside<T> begin(String name, Callable<? extends T> body) {
		return begin(name, body, new Outside<>());
	}

	private static <T> Outside<T> begin(String name, Callable<? extends T> body, Outside<T> outside) {
		Thread thread = Thread.ofPlatform()
			.daemon()
			.name(name)
			.stackSize(STACK)
			.inheritInheritableThreadLocals(false)
			.unstarted(() -> outside.run(body));
		thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
		thread.start();
		return outside;
	}

	private void run(Callable<? extends T> body) {
		try {
			this.value = body.call();
		}
		catch (Throwable thrown) {
			this.failure = thrown;
		}
		this.done = true;
		Parking.unpark(this.waiting);
	}

	public boolean isDone() {
		return this.done;
	}

	/**
	 * Waits in real time, on the thread that has begun it; returns whether it is done.
	 */
	public boolean await(long nanos) throws InterruptedException {
		if (this.done) {
			return true;
		}
		this.late = (nanos == 0);
		Turn turn = Turns.current();
		// Waits without a limit need no memory for an alarm, and so cannot fail.
		Runnable alarm = (nanos == Long.MAX_VALUE) ? null : AlarmClock.set(nanos, this::callTime);
		try {
			if (turn != null) {
				turn.outside(true);
			}
			while (!this.done && !this.late) {
				Parking.park(this);
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
			}
		}
		finally {
			if (turn != null) {
				turn.outside(false);
			}
			if (alarm != null) {
				alarm.run();
			}
		}
		return this.done;
	}

	private void callTime() {
		this.late = true;
		Parking.unpark(this.waiting);
	}

	/** Waits for its end. An interrupt does not cut the wait short and stays set. */
	public void awaitUninterruptibly(long nanos) {
		boolean interrupted = false;
		long start = System.nanoTime();
		while (true) {
			try {
				await(Math.max(0, nanos - (System.nanoTime() - start)));
				break;
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/** Returns the result, once it is done. */
	public @Nullable T result() {
		Throwable thrown = this.failure;
		if (thrown != null) {
			throw Failures.rethrow(thrown);
		}
		return this.value;
	}

	/**
	 * Runs a task that waits for work, which may never come, and waits until it is done.
	 */
	public static <T> @Nullable T awaitWork(String name, Callable<? extends T> body) throws InterruptedException {
		Outside<T> outside = begin(name, body, new ForWork<>());
		outside.await(Long.MAX_VALUE);
		return outside.result();
	}

	/** A wait for work. It keeps no worker's time from passing. */
	private static final class ForWork<T> extends Outside<T> implements Idle {

	}

}
