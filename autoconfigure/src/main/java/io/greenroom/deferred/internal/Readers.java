package io.greenroom.deferred.internal;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.greenroom.green.GreenThread;
import io.greenroom.green.Parking;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.green.internal.Idle;
import org.jspecify.annotations.Nullable;

/**
 * The read-only bodies of a handler that run now, each on a green thread of its own with
 * its caller's context. Only the processor starts them. It waits for their end before it
 * runs anything else and before it releases the handler, so what they read does not
 * change.
 */
final class Readers implements Idle {

	private final HandlerCore handler;

	private final CallRunner runner;

	private final HandlerPhases phases;

	private final int limit;

	private final Set<Reading> readings = ConcurrentHashMap.newKeySet();

	/** How many were started and have not ended. */
	private final AtomicInteger count = new AtomicInteger();

	/** The processor, while it waits for read-only bodies to end; written by it. */
	private volatile @Nullable Thread waiting;

	Readers(HandlerCore handler, CallRunner runner, HandlerPhases phases) {
		this.handler = handler;
		this.runner = runner;
		this.phases = phases;
		this.limit = handler.options().readers();
	}

	/**
	 * Processor: starts the body of a read-only call; returns {@code false} if no thread
	 * could be started. Waits while too many run.
	 */
	boolean start(Call call) {
		awaitAtMost(this.limit - 1);
		Reading reading = new Reading(call);
		this.readings.add(reading);
		this.count.incrementAndGet();
		try {
			reading.thread = this.handler.scheduler()
				.spawnDetached("handler-" + this.handler.name() + "-reader", () -> read(reading));
			return true;
		}
		catch (Throwable rejected) {
			// No thread could be started; the processor runs the body itself.
			ended(reading);
			return false;
		}
	}

	private void read(Reading reading) {
		try {
			Hold held = Hold.beginReading(this.handler);
			reading.held = held;
			this.runner.run(reading.call, held);
			held.end();
		}
		catch (Throwable failure) {
			// What a body throws does not come here.
			reading.call.fail(failure);
			throw failure;
		}
		finally {
			ended(reading);
		}
	}

	private void ended(Reading reading) {
		this.readings.remove(reading);
		this.count.decrementAndGet();
		Parking.unpark(this.waiting);
	}

	/** Processor: waits until no read-only body runs, or the handler has ended. */
	void awaitNone() {
		awaitAtMost(0);
	}

	private void awaitAtMost(int most) {
		if (this.count.get() <= most) {
			return;
		}
		boolean interrupted = false;
		this.waiting = Thread.currentThread();
		while (this.count.get() > most && !this.phases.isStopped()) {
			Parking.park(this);
			interrupted |= Thread.interrupted();
		}
		this.waiting = null;
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/** Returns whether the processor waits for read-only bodies to end. */
	boolean areAwaited() {
		return this.waiting != null;
	}

	boolean isEmpty() {
		return this.count.get() == 0;
	}

	void forEachHeld(Consumer<Hold> consumer) {
		for (Reading reading : this.readings) {
			Hold held = reading.held;
			if (held != null) {
				consumer.accept(held);
			}
		}
	}

	/**
	 * Ends the wait for read-only bodies because the handler has ended, and kills their
	 * threads.
	 */
	void end(Consumer<Call> left) {
		Parking.unpark(this.waiting);
		for (Reading reading : List.copyOf(this.readings)) {
			left.accept(reading.call);
			GreenThread<?> thread = reading.thread;
			if (thread != null) {
				thread.kill();
			}
		}
	}

	@Override
	public String toString() {
		return "the end of " + this.count + " read-only bodies of " + this.handler.name();
	}

	/** One body. */
	private static final class Reading {

		private final Call call;

		/** Written by the processor once the thread is started. */
		private volatile @Nullable GreenThread<?> thread;

		/** Written by the body's thread, before the body runs. */
		private volatile @Nullable Hold held;

		Reading(Call call) {
			this.call = Objects.requireNonNull(call);
		}

	}

}
