package io.greenroom.deferred.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

import io.greenroom.green.Parking;
import io.greenroom.green.internal.Waits;
import org.jspecify.annotations.Nullable;

/**
 * The room of a mailbox: how many calls have come in and gone out, and which callers wait
 * for a place.
 * <p>
 * Callers count what comes in, and the processor counts what goes out. Each has a word of
 * its own, so that neither slows the other down. A caller reads the processor's word only
 * when the room it knows of is used up.
 * <p>
 * Waiting callers stand in a line. A place is kept for each of them, and other callers
 * take only what there is beyond. The first in the line takes its place and wakes the
 * next. Each has a timer of its own, because the first thread may be gone. The first also
 * looks after the others.
 */
final class MailboxCapacity {

	/**
	 * How long the first in the line sleeps before it checks by itself, in nanoseconds.
	 * The processor does not know beforehand whether a body will take long, and wakes no
	 * caller for a single place.
	 */
	private static final long LOOK_AGAIN = 5_000_000;

	/**
	 * How many calls may come in while none goes out, before the caller of the last one
	 * yields to the processor. Virtual threads are not preempted: otherwise a flood would
	 * keep the processor off the cores until the flood ends or the room is used up.
	 */
	private static final int IN_A_ROW = 128;

	private static final VarHandle CAME;

	private static final VarHandle WENT;
	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			CAME = lookup.findVarHandle(MailboxWords.class, "came", int.class);
			WENT = lookup.findVarHandle(MailboxWords.class, "went", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final int capacity;

	private final MailboxWords words;

	/** The handler's time, in nanoseconds. */
	private final LongSupplier time;

	/** How many callers stand in the line, or are about to. A place is kept for each. */
	private final AtomicInteger waiting = new AtomicInteger();

	private final Queue<Waiter> line = new ConcurrentLinkedQueue<>();

	MailboxCapacity(int capacity, MailboxWords words, LongSupplier time) {
		this.time = time;
		this.capacity = capacity;
		this.words = words;
		words.known = capacity;
	}

	int capacity() {
		return this.capacity;
	}

	/** Returns how many places are taken. */
	int taken() {
		// In this order, so that it is zero only if there was a moment at which none were
		// taken.
		int gone = this.words.went;
		return Math.clamp(this.words.came - gone, 0, this.capacity);
	}

	/** Takes a place if more are free than are waited for. */
	boolean tryTake() {
		int seen = this.words.came;
		while (seen - this.words.known < 0 || seen - lookForMore() < 0) {
			int found = (int) CAME.compareAndExchange(this.words, seen, seen + 1);
			if (found == seen) {
				if ((found + 1) % IN_A_ROW == 0) {
					giveTurn();
				}
				return true;
			}
			seen = found;
		}
		return false;
	}

	private void giveTurn() {
		int gone = this.words.went;
		if (gone == this.words.wentBefore) {
			Waits.giveWay();
		}
		this.words.wentBefore = gone;
	}

	private int lookForMore() {
		int most = this.words.went + this.capacity - this.waiting.get();
		this.words.known = most;
		return most;
	}

	/** Takes one of the places that are kept for waiting callers. */
	private boolean tryTakeKept() {
		int seen = this.words.came;
		while (seen - this.words.went < this.capacity) {
			int found = (int) CAME.compareAndExchange(this.words, seen, seen + 1);
			if (found == seen) {
				return true;
			}
			seen = found;
		}
		return false;
	}

	/** Gives back the place of a call that will not come in after all. */
	void giveBack() {
		CAME.getAndAdd(this.words, -1);
		wakeFirst();
	}

	/**
	 * Processor: counts a call that has gone out. Waiting callers are woken only when
	 * there is plenty of room, because a thread that has got a place soon comes back.
	 */
	void give() {
		int gone = this.words.went + 1;
		WENT.setRelease(this.words, gone);
		if (this.waiting.get() != 0) {
			wakeForPlenty(this.words.came - gone <= this.capacity / 2);
		}
	}

	private void wakeForPlenty(boolean plenty) {
		Waiter first = this.line.peek();
		if (first != null && (first.steps || (plenty && !first.woken))) {
			first.woken = true;
			Parking.unpark(first.thread);
		}
	}

	/** Wakes the first in the line, if there is one. */
	void wakeFirst() {
		if (this.waiting.get() != 0) {
			Waiter first = this.line.peek();
			if (first != null) {
				Parking.unpark(first.thread);
			}
		}
	}

	/** Has all waiting callers check again. */
	void wakeAll() {
		this.line.forEach((waiter) -> Parking.unpark(waiter.thread));
	}

	/**
	 * Waits up to the limit for a place; returns whether it was taken. Stops waiting when
	 * the outcome of the call is decided elsewhere, which may go unnoticed for a moment.
	 * @param rejected whether callers may no longer wait; checked at each
	 * {@link #wakeAll}
	 */
	boolean await(long nanos, Call call, BooleanSupplier rejected) throws InterruptedException {
		return await(nanos, call, rejected, null);
	}

	/**
	 * Waits likewise, and stops waiting when there is something else to do.
	 * @param elsewhere whether there is something else to do; checked at intervals
	 */
	boolean await(long nanos, Call call, BooleanSupplier rejected, @Nullable BooleanSupplier elsewhere)
			throws InterruptedException {
		Waiter mine = new Waiter(call, this.time.getAsLong() + nanos, elsewhere != null);
		this.waiting.incrementAndGet();
		try {
			this.line.add(mine);
			while (!rejected.getAsBoolean()) {
				boolean first = (this.line.peek() == mine);
				if (first && tryTakeKept()) {
					return true;
				}
				if ((elsewhere != null && elsewhere.getAsBoolean()) || mine.isOver(this.time.getAsLong())) {
					return false;
				}
				sleep(mine, first);
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
			}
			return false;
		}
		finally {
			this.line.remove(mine);
			this.waiting.decrementAndGet();
			wakeFirst();
		}
	}

	private void sleep(Waiter mine, boolean first) {
		long left = mine.deadline - this.time.getAsLong();
		if (first) {
			Waits.park(this, left, LOOK_AGAIN);
			wakeOver();
		}
		else {
			Waits.park(this, left, mine.looks ? 4 * LOOK_AGAIN : Long.MAX_VALUE);
		}
	}

	private void wakeOver() {
		long now = this.time.getAsLong();
		for (Waiter waiter : this.line) {
			if (waiter.isOver(now)) {
				Parking.unpark(waiter.thread);
			}
		}
	}

	@Override
	public String toString() {
		return "room in a mailbox (" + taken() + " of " + this.capacity + " places are taken)";
	}

	/** A waiting caller: with which call, and until when. */
	private static final class Waiter {

		private final Thread thread = Thread.currentThread();

		private final Call call;

		private final long deadline;

		/** Whether the processor has woken it; confined to the processor. */
		private boolean woken;

		/**
		 * Whether it is woken for a single place, because it is a worker's thread: the
		 * time may not pass for it to look by itself.
		 */
		private final boolean steps = Waits.isOnWorker();

		/** Whether it checks at intervals whether there is something else to do. */
		private final boolean looks;

		Waiter(Call call, long deadline, boolean looks) {
			this.call = call;
			this.deadline = deadline;
			this.looks = looks;
		}

		boolean isOver(long now) {
			return this.deadline - now <= 0 || !this.call.isPending();
		}

	}

}
