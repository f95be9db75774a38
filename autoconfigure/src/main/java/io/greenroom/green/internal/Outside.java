package io.greenroom.green.internal;

import java.util.concurrent.Callable;

import io.greenroom.green.Parking;
import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;

/**
 * One thread's wait for something that holds a thread of the operating system, such as
 * the read of a pipe or the start of a process. That is done by a platform thread of its
 * own, since on a virtual one it would keep a carrier; the waiting thread gives way to
 * all others, also in a worker, where it waits in real time and takes its place in the
 * line when it goes on.
 *
 * @param <T> the type of what comes of it
 */
public final class Outside<T> {

	/** Reading and starting need no more. */
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
	 * Begins something on a platform thread.
	 * @throws OutOfMemoryError if there is none to be had; nothing has begun then
	 */
	public static <T> Outside<T> begin(String name, Callable<? extends T> body) {
		Outside<T> outside = new Outside<>();
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

	/** Waits, by the one who has begun it, in real time; returns whether it is done. */
	public boolean await(long nanos) throws InterruptedException {
		if (this.done) {
			return true;
		}
		this.late = (nanos == 0);
		Turn turn = Turns.current();
		// Waits without a limit need no room for an alarm, and so are sure of their end.
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

	/** Waits for its end, whatever comes; an interrupt is kept for later. */
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

	/** Returns what has come of it, once it is done. */
	public @Nullable T result() {
		Throwable thrown = this.failure;
		if (thrown != null) {
			throw Failures.rethrow(thrown);
		}
		return this.value;
	}

	/** Does it, and waits until it is done; for what an end of its own is sure of. */
	public static <T> @Nullable T call(String name, Callable<? extends T> body) throws InterruptedException {
		Outside<T> outside = begin(name, body);
		outside.await(Long.MAX_VALUE);
		return outside.result();
	}

}
