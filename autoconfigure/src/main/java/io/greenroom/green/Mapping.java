package io.greenroom.green;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * A function on its way over a line of items, each on a green thread of its own, a
 * bounded number of them ahead of whoever reads the results. The items are read on the
 * reader's thread, never under a lock, and no further than the bound asks for. Confined
 * to the reader.
 * <p>
 * Whatever stops the items, be it their iterator or a pool that refuses, is the last
 * result.
 */
final class Mapping<A, R> {

	private final Iterator<? extends A> items;

	private final GreenFunction<? super A, ? extends R> function;

	private final Tasks tasks;

	private final int ahead;

	private final Consumer<GreenThread<R>> whenEnded;

	/** In the order of their items, but for those whose results were handed out. */
	private final SequencedSet<GreenThread<R>> begun = new LinkedHashSet<>();

	/** How many were begun and have not been counted as done by the reader. */
	private int open;

	private boolean exhausted;

	private @Nullable Throwable stoppedBy;

	Mapping(Iterable<? extends A> items, GreenFunction<? super A, ? extends R> function, Tasks tasks, int ahead,
			Consumer<GreenThread<R>> whenEnded) {
		if (ahead < 1) {
			throw new IllegalArgumentException("The look-ahead is " + ahead + "; give 1 or more");
		}
		this.function = Objects.requireNonNull(function, "function");
		this.items = items.iterator();
		this.tasks = tasks;
		this.ahead = ahead;
		this.whenEnded = whenEnded;
	}

	/**
	 * Applies a function to all items and waits for the results, in the order of the
	 * items. The first failure in time kills the others and is thrown when they have
	 * ended.
	 */
	static <A, R> List<@Nullable R> all(Iterable<? extends A> items, GreenFunction<? super A, ? extends R> function,
			Tasks tasks, int ahead) throws InterruptedException {
		Completions<R> completions = new Completions<>();
		Mapping<A, R> mapping = new Mapping<>(items, function, tasks, ahead, completions);
		try {
			return mapping.collect(completions);
		}
		catch (Throwable failure) {
			mapping.killAndJoin();
			throw failure;
		}
	}

	private List<@Nullable R> collect(Completions<R> completions) throws InterruptedException {
		List<@Nullable R> results = new ArrayList<>();
		while (begin(this.ahead)) {
			throwStop();
			GreenThread<R> ended = take(completions);
			// Throws what it has failed with.
			ended.get();
			this.open--;
			while (!this.begun.isEmpty() && this.begun.getFirst().ready()) {
				results.add(this.begun.removeFirst().get());
			}
		}
		return results;
	}

	/** Who is interrupted kills the others, and does not wait for them either. */
	private GreenThread<R> take(Completions<R> completions) throws InterruptedException {
		try {
			return completions.take(this.tasks);
		}
		catch (InterruptedException interrupted) {
			kill();
			throw interrupted;
		}
	}

	/** Begins what may be ahead; returns whether there is another result. */
	boolean begin() {
		return begin(this.ahead);
	}

	/** Begins what may be ahead beside the one that is about to be read. */
	boolean beginForRead() {
		return begin(this.ahead + 1L);
	}

	private boolean begin(long limit) {
		while (!this.exhausted && this.open < limit) {
			beginNext();
		}
		return this.open > 0 || this.stoppedBy != null;
	}

	private void beginNext() {
		try {
			if (this.items.hasNext()) {
				A item = this.items.next();
				this.begun.add(this.tasks.start(() -> this.function.apply(item), this.whenEnded));
				this.open++;
			}
			else {
				this.exhausted = true;
			}
		}
		catch (Throwable failure) {
			this.exhausted = true;
			this.stoppedBy = failure;
		}
	}

	/** Returns whether results of items are still to come. */
	boolean hasOpen() {
		return this.open > 0;
	}

	/** Returns the oldest whose result was not handed out. */
	GreenThread<R> first() {
		return this.begun.getFirst();
	}

	/**
	 * Takes one out whose result is being handed out; returns whether it is one of ours,
	 * rather than one that could not be begun.
	 */
	boolean handOut(GreenThread<R> thread) {
		boolean ours = this.begun.remove(thread);
		if (ours) {
			this.open--;
		}
		return ours;
	}

	/** Throws what has stopped the items, once, if anything has. */
	void throwStop() {
		Throwable stop = this.stoppedBy;
		if (stop != null) {
			this.stoppedBy = null;
			throw GreenThread.<RuntimeException>rethrow(stop);
		}
	}

	/** As {@link #throwStop}; no other result is of use then. */
	void throwStopOfAll() {
		if (this.stoppedBy != null) {
			killBegun();
			throwStop();
		}
	}

	/** Kills what is at work and ends the results. Idempotent. */
	void kill() {
		this.exhausted = true;
		this.stoppedBy = null;
		this.open = 0;
		killBegun();
		this.begun.clear();
	}

	/** The last first: a slot that comes back finds nobody of ours in line. */
	private void killBegun() {
		this.begun.reversed().forEach(GreenThread::kill);
	}

	/** An interrupt does not keep the others from ending first; it is kept. */
	private void killAndJoin() {
		List<GreenThread<R>> threads = List.copyOf(this.begun);
		kill();
		boolean interrupted = false;
		for (GreenThread<R> thread : threads) {
			while (!thread.ready()) {
				try {
					thread.join();
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/** Where the green threads come from. */
	interface Tasks {

		/**
		 * Begins a task, now or when its turn has come. Does not wait.
		 * @param whenEnded called once when it has ended; whoever is called learns of a
		 * failure, which is not reported otherwise
		 */
		<R> GreenThread<R> start(Callable<R> body, Consumer<? super GreenThread<R>> whenEnded);

		/** Refuses a wait for results that nobody could ever end. */
		void checkMayWait();

	}

}
