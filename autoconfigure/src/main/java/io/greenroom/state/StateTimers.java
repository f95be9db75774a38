package io.greenroom.state;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenTask;
import io.greenroom.green.GreenThread;
import io.greenroom.green.GreenThreadKilledException;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.green.internal.SchedulerAccess;
import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The timers of all machines of one {@link StateMachines}. Each fires on a green thread
 * of its own, unless it is cancelled before. A timer keeps only itself alive, and that of
 * a collected machine is removed. A timer that cannot be set, or whose thread cannot be
 * started, is set again at the next {@linkplain #inspect() inspection}.
 */
final class StateTimers {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	private final GreenScheduler scheduler;

	/** Keeps the timers, because an unreachable reference is never enqueued. */
	private final Set<Timer<?>> armed = ConcurrentHashMap.newKeySet();

	private final ReferenceQueue<Object> gone = new ReferenceQueue<>();

	/** The last of the timers to set again; guarded by this. */
	private @Nullable Timer<?> unset;

	/** Set once, by {@code close}; read after adding, so that no timer is missed. */
	private volatile boolean closed;

	StateTimers(GreenScheduler scheduler) {
		this.scheduler = scheduler;
	}

	/**
	 * Arms a timer, even without memory. If the scheduler is closed, it never fires.
	 * @param name the name of its thread
	 * @param delay how long from now
	 * @param subject the subject, which it must not keep alive
	 * @param action what it does; must not refer to the subject
	 */
	<T> Timer<T> arm(String name, Duration delay, T subject, Consumer<? super T> action) {
		Timer<T> timer = new Timer<>(this, name, Durations.nanos(delay, "delay"), subject, action);
		set(timer);
		return timer;
	}

	private void set(Timer<?> timer) {
		try {
			GreenThread<?> thread = SchedulerAccess.get().spawnAtLimit(this.scheduler, timer.name, timer.left(), timer);
			timer.thread = thread;
			this.armed.add(timer);
			thread.link(timer);
			if (this.closed || timer.cancelled) {
				timer.cancel();
			}
		}
		catch (SchedulerClosedException shuttingDown) {
			// Nothing fires any more.
		}
		catch (Throwable shortage) {
			setLater(timer, shortage);
		}
	}

	private void setLater(Timer<?> timer, Throwable shortage) {
		synchronized (this) {
			if (timer.unset) {
				return;
			}
			// Needs no memory, which may be what is missing.
			timer.unset = true;
			timer.next = this.unset;
			this.unset = timer;
		}
		Failures.log(log, Level.WARN, shortage, "The timer '{}' could not be set; trying again", timer.name);
	}

	private synchronized @Nullable Timer<?> takeUnset() {
		Timer<?> all = this.unset;
		this.unset = null;
		for (Timer<?> each = all; each != null; each = each.next) {
			each.unset = false;
		}
		return all;
	}

	/** Removes the timers of collected subjects, and sets those that could not be set. */
	void inspect() {
		for (Reference<?> each = this.gone.poll(); each != null; each = this.gone.poll()) {
			if (each instanceof Timer<?> timer) {
				timer.cancel();
			}
		}
		Timer<?> timer = takeUnset();
		while (timer != null) {
			Timer<?> next = timer.next;
			timer.next = null;
			if (!timer.cancelled && timer.get() != null) {
				set(timer);
			}
			timer = next;
		}
	}

	void close() {
		this.closed = true;
		this.armed.forEach(Timer::cancel);
	}

	/**
	 * A timer, which is also the body of its thread and the callback at that thread's
	 * end.
	 */
	static final class Timer<T> extends WeakReference<T> implements GreenTask, Consumer<GreenThread<?>> {

		private final StateTimers deadlines;

		private final String name;

		/** The delay from its creation, in nanoseconds. */
		private final long delay;

		private final long made;

		private final Consumer<? super T> action;

		private volatile boolean cancelled;

		private volatile @Nullable GreenThread<?> thread;

		/**
		 * Whether it must be set again; guarded by the timers, like the next field.
		 */
		private boolean unset;

		private @Nullable Timer<?> next;

		Timer(StateTimers deadlines, String name, long delay, T subject, Consumer<? super T> action) {
			super(subject, deadlines.gone);
			this.deadlines = deadlines;
			this.name = name;
			this.delay = delay;
			this.made = deadlines.scheduler.nanoTime();
			this.action = action;
		}

		private Duration left() {
			return Duration.ofNanos(Math.max(0, this.delay - (this.deadlines.scheduler.nanoTime() - this.made)));
		}

		@Override
		public void run() {
			T subject = get();
			if (subject != null && !this.cancelled) {
				this.action.accept(subject);
			}
		}

		/** Called when the thread has ended, perhaps before it began. */
		@Override
		public void accept(GreenThread<?> ended) {
			this.deadlines.armed.remove(this);
			Throwable failure = ended.exception();
			if (failure != null && !this.cancelled && !(failure instanceof GreenThreadKilledException)
					&& !(failure instanceof SchedulerClosedException)) {
				this.deadlines.setLater(this, failure);
			}
		}

		/**
		 * Cancels the timer. A timer that has fired finds out by itself that it is late.
		 * Throws nothing, even without memory, because it is called in the middle of a
		 * move.
		 */
		void cancel() {
			this.cancelled = true;
			GreenThread<?> set = this.thread;
			try {
				if (set != null && !set.isStarted()) {
					set.kill();
				}
			}
			catch (Throwable shortage) {
				// Its thread comes at its time, and finds it cancelled.
			}
		}

	}

}
