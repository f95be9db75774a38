package io.greenroom.deferred.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/**
 * A mailbox from which callers may drop the oldest oneway call to make room for theirs.
 * Its line therefore does not belong to the processor alone, and a lock guards it. A
 * dropped call leaves the line at once, not when the processor reaches it, so a handler
 * that is stuck for hours keeps no more calls than there is room for.
 */
final class DroppingMailbox extends Mailbox {

	/** Guards the line. No user code runs under this lock. */
	private final ReentrantLock lock = new ReentrantLock();

	DroppingMailbox(int capacity, boolean urgent, BooleanSupplier starter, LongSupplier time) {
		super(capacity, urgent, starter, time);
	}

	/**
	 * Takes the oldest oneway call out of the line, and hands its room to the caller. A
	 * call in the line that is over already serves as well.
	 * @return the dropped call, or {@code null} if there is none
	 */
	@Nullable Call dropOldest() {
		this.lock.lock();
		try {
			if (!isSlept()) {
				super.gather();
				// The processor may have found the line empty and be about to sleep.
				wake();
			}
			Call oldest = pollLines((call) -> call.mode() == CallMode.ONEWAY);
			if (oldest != null) {
				oldest.leave(false);
			}
			return oldest;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	@Nullable Call take() {
		this.lock.lock();
		try {
			return super.take();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	@Nullable Call take(Predicate<Call> filter, int upTo) {
		this.lock.lock();
		try {
			return super.take(filter, upTo);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	int gather() {
		this.lock.lock();
		try {
			return super.gather();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	boolean closeIfEmpty() {
		this.lock.lock();
		try {
			return super.closeIfEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	void close(Consumer<Call> left) {
		List<Call> calls = new ArrayList<>();
		this.lock.lock();
		try {
			super.close(calls::add);
		}
		finally {
			this.lock.unlock();
		}
		// Outside the lock, because dependents of the call may run on this thread.
		calls.forEach(left);
	}

}
