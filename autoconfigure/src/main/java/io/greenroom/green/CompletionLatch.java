package io.greenroom.green;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

import io.greenroom.green.internal.Timing;
import io.greenroom.green.internal.Waits;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Something that ends once, and tells waiting threads and callbacks in the order of their
 * arrival. A lock-free stack that is walked from its bottom at the release; a single
 * field while nobody watches. A green thread extends it instead of holding one, because
 * there may be a million green threads.
 *
 * @param <S> the type that callbacks receive
 */
class CompletionLatch<S> {

	static final Logger log = LoggerFactory.getLogger(GreenThread.class);

	private static final Watcher<?> RELEASED = new Watcher<>(null, null, true);

	private static final VarHandle TOP;
	static {
		try {
			TOP = MethodHandles.lookup().findVarHandle(CompletionLatch.class, "top", Watcher.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private volatile @Nullable Watcher<S> top;

	final boolean released() {
		return this.top == RELEASED;
	}

	/** Waits for the release; returns whether it came in time. */
	final boolean awaitRelease(long nanos) throws InterruptedException {
		return awaitRelease(nanos, this, Timing.LIMIT);
	}

	/**
	 * Waits for the release; returns whether it came in time.
	 * @param blocker what the thread waits for, for diagnosis
	 * @param timing what it means if the release does not come
	 */
	final boolean awaitRelease(long nanos, Object blocker, Timing timing) throws InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		if (nanos == 0) {
			return this.top == RELEASED;
		}
		StackRoom.checkReturn();
		long start = Parking.nanoTime();
		Watcher<S> watcher = new Watcher<>(Thread.currentThread(), null, false);
		if (!push(watcher)) {
			return true;
		}
		while (this.top != RELEASED) {
			if (nanos == Long.MAX_VALUE) {
				Parking.park(blocker);
			}
			else {
				long left = nanos - (Parking.nanoTime() - start);
				if (left <= 0) {
					remove(watcher);
					return this.top == RELEASED;
				}
				Waits.park(blocker, left, timing);
			}
			if (Thread.interrupted()) {
				remove(watcher);
				throw new InterruptedException();
			}
		}
		return true;
	}

	final GreenThread.Link link(S subject, Consumer<? super S> callback) {
		return link(subject, callback, false);
	}

	/** Links a callback that does not count as an observer of a failure. */
	final GreenThread.Link linkQuietly(S subject, Consumer<? super S> callback) {
		return link(subject, callback, true);
	}

	private GreenThread.Link link(S subject, Consumer<? super S> callback, boolean quiet) {
		StackRoom.checkReturn();
		Watcher<S> watcher = new Watcher<>(null, callback, quiet);
		if (!push(watcher)) {
			watcher.tell(subject);
		}
		return () -> remove(watcher);
	}

	private boolean push(Watcher<S> watcher) {
		while (true) {
			Watcher<S> seen = this.top;
			if (seen == RELEASED) {
				return false;
			}
			watcher.next = seen;
			if (TOP.compareAndSet(this, seen, watcher)) {
				return true;
			}
		}
	}

	/**
	 * Marks the watcher as gone and unlinks those that are gone. Two concurrent removals
	 * may leave one in the stack until the next removal, but it is never told.
	 */
	private void remove(Watcher<S> watcher) {
		watcher.gone = true;
		Watcher<S> seen = this.top;
		while (seen != null && seen != RELEASED && seen.gone && !TOP.compareAndSet(this, seen, seen.next)) {
			seen = this.top;
		}
		Watcher<S> before = this.top;
		while (before != null && before != RELEASED) {
			Watcher<S> after = before.next;
			while (after != null && after.gone) {
				after = after.next;
			}
			before.next = after;
			before = after;
		}
	}

	/** Tells all watchers; returns whether there was one that was not linked quietly. */
	@SuppressWarnings("unchecked")
	final boolean release(S subject) {
		Watcher<S> last = (Watcher<S>) TOP.getAndSet(this, RELEASED);
		if (last == null) {
			return false;
		}
		if (last.next == null) {
			return tellOnly(subject, last);
		}
		// The downward pointers stay as they are, because a removal may be walking along
		// them. The upward pointers need no memory, which may be what is missing.
		Watcher<S> first = last;
		for (Watcher<S> older = last.next; older != null; older = older.next) {
			older.above = first;
			first = older;
		}
		boolean anybody = false;
		for (Watcher<S> watcher = first; watcher != null; watcher = watcher.above) {
			anybody |= !watcher.gone && !watcher.quiet;
			watcher.tell(subject);
		}
		return anybody;
	}

	private boolean tellOnly(S subject, Watcher<S> watcher) {
		boolean anybody = !watcher.gone && !watcher.quiet;
		watcher.tell(subject);
		return anybody;
	}

	private static final class Watcher<S> {

		private final @Nullable Thread waiting;

		private final @Nullable Consumer<? super S> callback;

		private final boolean quiet;

		private volatile boolean gone;

		private volatile @Nullable Watcher<S> next;

		/**
		 * The next watcher in the order of arrival; confined to the thread that releases.
		 */
		private @Nullable Watcher<S> above;

		Watcher(@Nullable Thread waiting, @Nullable Consumer<? super S> callback, boolean quiet) {
			this.waiting = waiting;
			this.callback = callback;
			this.quiet = quiet;
		}

		private void tell(S subject) {
			if (this.gone) {
				return;
			}
			try {
				if (this.callback == null) {
					Parking.unpark(this.waiting);
				}
				else {
					this.callback.accept(subject);
				}
			}
			catch (Throwable failure) {
				if (failure instanceof InterruptedException) {
					Thread.currentThread().interrupt();
				}
				Failures.log(log, Level.ERROR, failure, "A link of {} failed; the others are called nevertheless",
						subject);
			}
		}

	}

}
