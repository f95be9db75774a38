package io.greenroom.green;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Green threads in the order in which they have ended, for one reader. Unlike
 * {@link GreenWait} it takes further ones while it is read, and keeps none that was.
 */
final class Completions<R> implements Consumer<GreenThread<R>> {

	private final Queue<GreenThread<R>> ended = new ConcurrentLinkedQueue<>();

	/** The reader while it waits; volatile, written by the reader only. */
	private volatile @Nullable Thread reader;

	@Override
	public void accept(GreenThread<R> thread) {
		this.ended.add(thread);
		Parking.unpark(this.reader);
	}

	/** Waits for the next end. */
	GreenThread<R> take(Mapping.Tasks tasks) throws InterruptedException {
		GreenThread<R> next = this.ended.poll();
		if (next != null) {
			return next;
		}
		tasks.checkMayWait();
		this.reader = Thread.currentThread();
		try {
			// Looked at after the reader was made known: a later end unparks it.
			for (next = this.ended.poll(); next == null; next = this.ended.poll()) {
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
				Parking.park(this);
			}
			return next;
		}
		finally {
			this.reader = null;
		}
	}

}
