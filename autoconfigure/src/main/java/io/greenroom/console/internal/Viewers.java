package io.greenroom.console.internal;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The viewers of the console, and the single thread that creates each frame for all of
 * them. This thread lives as long as there are viewers. A viewer receives the latest
 * frame once it has read the previous one. A viewer that does not read a frame for too
 * long is dropped.
 * <p>
 * The threads are platform threads, so that the console works even if no virtual thread
 * can run. Their number is small and bounded. This class is thread-safe.
 */
final class Viewers implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(Viewers.class);

	/** Sent once to a viewer if a frame could not be created. */
	private static final byte[] NO_FRAME = {};

	private final Source frames;

	private final Terms terms;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	/** Guarded by the lock. */
	private final Set<Viewer> viewers = new HashSet<>();

	/** Guarded by the lock. */
	private byte[] latest = NO_FRAME;

	/** The number of the latest frame. Guarded by the lock. */
	private long number;

	/** Guarded by the lock. */
	private @Nullable Thread maker;

	/** Guarded by the lock. */
	private boolean closed;

	/**
	 * Creates an instance without viewers.
	 * @param frames creates the frames
	 * @param terms the limits
	 */
	Viewers(Source frames, Terms terms) {
		this.frames = frames;
		this.terms = terms;
	}

	/**
	 * Adds a viewer, which is served by a thread of its own.
	 * @param sink the sink for the frames
	 * @param end called on that thread when the viewer leaves or is dropped, or when this
	 * instance is closed
	 * @throws TooManyViewersException if there is no room or this instance is closed;
	 * {@code end} is not called in this case
	 */
	void add(FrameSink sink, Runnable end) throws TooManyViewersException {
		this.lock.lock();
		try {
			if (this.closed) {
				throw new TooManyViewersException("The application is shutting down");
			}
			if (this.viewers.size() >= this.terms.viewers()) {
				throw new TooManyViewersException(
						"%s pages are open, which is the limit; close one of them".formatted(this.viewers.size()));
			}
			// Without other viewers, the latest frame is out of date.
			Viewer viewer = new Viewer(sink, end, (this.maker != null) ? this.number - 1 : this.number);
			if (this.maker == null) {
				this.maker = Thread.ofPlatform().daemon().name("greenroom-console").start(this::make);
			}
			viewer.thread.start();
			this.viewers.add(viewer);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void show(Viewer viewer) {
		try {
			while (viewer.await()) {
				viewer.sink.write(viewer.frame);
			}
		}
		catch (IOException | InterruptedException left) {
			log.debug("A viewer has left", left);
		}
		finally {
			remove(viewer);
			// The thread continues in code of the server, which must not be interrupted.
			Thread.interrupted();
			ForeignCode.run(log, "The end of a view", viewer.end::run);
		}
	}

	private void remove(Viewer viewer) {
		this.lock.lock();
		try {
			this.viewers.remove(viewer);
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void make() {
		FrameCost cost = new FrameCost();
		boolean more = true;
		while (more) {
			long start = cpu();
			byte[] frame = ForeignCode.ask(log, "A frame of the console", NO_FRAME, this.frames::make);
			more = publish(frame, cost.pause(Duration.ofNanos(cpu() - start), this.terms.interval()));
		}
	}

	/**
	 * Returns the processor time. If it is not measured, frames appear to cost nothing.
	 */
	private static long cpu() {
		return Math.max(0, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
	}

	/**
	 * Publishes a frame to all viewers. If there are viewers, waits until the next one is
	 * due.
	 */
	private boolean publish(byte[] frame, Duration pause) {
		this.lock.lock();
		try {
			if (frame.length > 0) {
				this.latest = frame;
				this.number++;
				this.changed.signalAll();
			}
			long left = pause.toNanos();
			while (left > 0 && !this.viewers.isEmpty()) {
				left = this.changed.awaitNanos(left);
			}
			dropSlow();
			if (this.viewers.isEmpty()) {
				this.maker = null;
				return false;
			}
			return true;
		}
		catch (InterruptedException stopped) {
			// Only a debugger interrupts this thread. The next viewer starts a new one.
			this.maker = null;
			return false;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void dropSlow() {
		long now = System.nanoTime();
		for (Viewer viewer : List.copyOf(this.viewers)) {
			if (viewer.writing && now - viewer.since > this.terms.slow().toNanos()) {
				this.viewers.remove(viewer);
				viewer.thread.interrupt();
			}
		}
	}

	/** Returns the number of viewers. */
	int count() {
		this.lock.lock();
		try {
			return this.viewers.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Returns whether frames are being created. */
	boolean isAtWork() {
		this.lock.lock();
		try {
			return this.maker != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Disconnects all viewers and accepts no more. This method does not wait. */
	@Override
	public void close() {
		List<Viewer> all;
		this.lock.lock();
		try {
			this.closed = true;
			all = new ArrayList<>(this.viewers);
			this.viewers.clear();
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		all.forEach((viewer) -> viewer.thread.interrupt());
	}

	/**
	 * The limits for viewers.
	 *
	 * @param interval the minimum time between two frames
	 * @param viewers the maximum number of viewers
	 * @param slow how long a viewer may take to read a frame
	 * @param longest how long a viewer may stay connected before it must send a new
	 * request and authenticate again
	 */
	record Terms(Duration interval, int viewers, Duration slow, Duration longest) {

		static Terms of(Duration interval) {
			return new Terms(interval, 20, Duration.ofSeconds(10), Duration.ofMinutes(10));
		}

	}

	/** Creates frames. */
	interface Source {

		/** Returns a frame as JSON in one line. */
		byte[] make();

	}

	/** A viewer. Everything except the frame is guarded by the lock. */
	private final class Viewer {

		private final FrameSink sink;

		private final Runnable end;

		private final Thread thread;

		private final long came = System.nanoTime();

		private boolean writing;

		/** The time at which the viewer began to write the current frame. */
		private long since;

		/** Confined to the viewer's own thread. */
		private byte[] frame = NO_FRAME;

		/** The number of the viewer's frame. Confined to the viewer's own thread. */
		private long number;

		Viewer(FrameSink sink, Runnable end, long number) {
			this.sink = sink;
			this.end = end;
			this.number = number;
			this.thread = Thread.ofPlatform().daemon().name("greenroom-console-viewer").unstarted(() -> show(this));
		}

		/** Waits for a newer frame. Returns {@code false} if there will be none. */
		boolean await() throws InterruptedException {
			Viewers.this.lock.lockInterruptibly();
			try {
				this.writing = false;
				while (Viewers.this.viewers.contains(this) && Viewers.this.number <= this.number) {
					long left = Viewers.this.terms.longest().toNanos() - (System.nanoTime() - this.came);
					if (left <= 0) {
						return false;
					}
					Viewers.this.changed.awaitNanos(Math.min(left, TimeUnit.MINUTES.toNanos(1)));
				}
				this.frame = Viewers.this.latest;
				this.number = Viewers.this.number;
				this.writing = true;
				this.since = System.nanoTime();
				return Viewers.this.viewers.contains(this);
			}
			finally {
				Viewers.this.lock.unlock();
			}
		}

	}

}
