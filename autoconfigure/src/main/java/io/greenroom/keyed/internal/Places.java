package io.greenroom.keyed.internal;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

import io.greenroom.green.Parking;
import io.greenroom.green.internal.Waits;

/**
 * The places for instances. A waiting thread looks for an idle instance by itself, at
 * growing intervals, because such an instance is ended only if its place is needed.
 */
final class Places {

	/** How long a waiting thread first sleeps before it looks again, in nanoseconds. */
	private static final long FIRST_SLEEP = 100_000;

	private static final long LONGEST_SLEEP = 5_000_000;

	private final AtomicInteger free;

	/** The waiting threads, in the order of their arrival. */
	private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();

	Places(int places) {
		this.free = new AtomicInteger(places);
	}

	/** Returns whether a place is free. */
	boolean isAvailable() {
		return this.free.get() > 0;
	}

	/** Takes a place if one is free. */
	boolean tryTake() {
		int seen = this.free.get();
		while (seen > 0) {
			int found = this.free.compareAndExchange(seen, seen - 1);
			if (found == seen) {
				return true;
			}
			seen = found;
		}
		return false;
	}

	/** Gives a place back. */
	void giveBack() {
		this.free.incrementAndGet();
		Parking.unpark(this.waiting.peek());
	}

	/**
	 * Has a waiting thread look for an instance to end. Only needed on a worker, where
	 * the time may not pass for it to look by itself.
	 */
	void lookAgain() {
		Thread first = this.waiting.peek();
		if (first != Thread.currentThread() && Waits.isOnWorker()) {
			Parking.unpark(first);
		}
	}

	/**
	 * Waits for a place.
	 * @param left how much time is left, in nanoseconds
	 * @param makeRoom looks for an instance to end
	 * @return whether a place was taken
	 */
	boolean acquire(LongSupplier left, Runnable makeRoom) throws InterruptedException {
		Thread current = Thread.currentThread();
		this.waiting.add(current);
		try {
			long sleep = FIRST_SLEEP;
			while (true) {
				makeRoom.run();
				if (this.waiting.peek() == current && tryTake()) {
					return true;
				}
				long time = left.getAsLong();
				if (time <= 0) {
					return false;
				}
				Waits.park(this, time, sleep);
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
				sleep = Math.min(2 * sleep, LONGEST_SLEEP);
			}
		}
		finally {
			this.waiting.remove(current);
			if (isAvailable()) {
				// The next in line may have been passed over.
				Parking.unpark(this.waiting.peek());
			}
		}
	}

	@Override
	public String toString() {
		return "a place for another key (" + this.free + " are free)";
	}

}
