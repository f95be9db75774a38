package io.greenroom.green;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.SequencedSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * A function on its way over a line of items, each on a green thread of its own, a
 * bounded number of them ahead of whoever reads the results.
 * <p>
 * An iterator may wait for its next item for ever, while results of earlier ones are
 * there for the reader. So it is the reader who pulls the items only where the iterator
 * can't wait; else a green thread beside it does, the puller. There is a puller only
 * while there is room ahead, and one at a time: a mapping that nobody reads on keeps no
 * thread, unless its iterator does. The puller also starts what it has pulled, but for a
 * reader that must do so itself.
 * <p>
 * Whatever stops the items, be it their iterator or a pool that rejects, is the last
 * result. One thread reads at a time; no code of users is called under the lock.
 */
final class Mapping<A, R> {

	private final Iterable<? extends A> source;

	private final GreenFunction<? super A, ? extends R> function;

	private final Tasks tasks;

	private final int ahead;

	/** Whether the next result is that of the next item, rather than of who ends next. */
	private final boolean ordered;

	/** Confined to who pulls; handed from one to the next under the lock. */
	private @Nullable Iterator<? extends A> items;

	// All below are guarded by this, but for the reader.

	/** In the order of the items, but for those whose results were handed out. */
	private final SequencedSet<MappedItem<A, R>> begun = new LinkedHashSet<>();

	/** What was pulled beside a reader that must start it itself; they are begun, too. */
	private final Queue<MappedItem<A, R>> unstarted = new ArrayDeque<>();

	/**
	 * In the order of their ends, where that matters, linked by the items: an end needs
	 * no memory.
	 */
	private @Nullable MappedItem<A, R> firstEnded;

	private @Nullable MappedItem<A, R> lastEnded;

	/** How many were begun and have not been counted as done by the reader. */
	private int open;

	/** How many may be open. */
	private long room;

	private boolean exhausted;

	private @Nullable Throwable stoppedBy;

	private @Nullable GreenThread<Void> puller;

	/** Whether the reader starts what is pulled. */
	private boolean readerStarts;

	/** The reader while it waits; volatile, written by the reader only. */
	private volatile @Nullable Thread reader;

	Mapping(Iterable<? extends A> source, GreenFunction<? super A, ? extends R> function, Tasks tasks, int ahead,
			boolean ordered) {
		if (ahead < 1) {
			throw new IllegalArgumentException("The look-ahead is " + ahead + "; give 1 or more");
		}
		this.source = Objects.requireNonNull(source, "items");
		this.function = Objects.requireNonNull(function, "function");
		this.tasks = tasks;
		this.ahead = ahead;
		this.ordered = ordered;
	}

	/**
	 * Applies a function to all items and waits for the results, in the order of the
	 * items. The first failure in time kills the others and is thrown when they have
	 * ended. The items are read on the calling thread.
	 */
	static <A, R> List<@Nullable R> all(Iterable<? extends A> items, GreenFunction<? super A, ? extends R> function,
			Tasks tasks, int ahead) throws InterruptedException {
		Mapping<A, R> mapping = new Mapping<>(items, function, tasks, ahead, false);
		try {
			return mapping.collect();
		}
		catch (Throwable failure) {
			mapping.killAndJoin();
			throw failure;
		}
	}

	private List<@Nullable R> collect() throws InterruptedException {
		List<@Nullable R> results = new ArrayList<>();
		makeRoom(this.ahead);
		while (true) {
			pull(null);
			throwStop();
			MappedItem<A, R> ended = awaitEndedOrKill();
			if (ended == null) {
				return results;
			}
			// Throws what it has failed with.
			threadOf(ended).get();
			ended.seen = true;
			for (MappedItem<A, R> next = nextSeen(); next != null; next = nextSeen()) {
				results.add(threadOf(next).get());
			}
		}
	}

	/** Who is interrupted kills the others, and does not wait for them either. */
	private @Nullable MappedItem<A, R> awaitEndedOrKill() throws InterruptedException {
		try {
			return awaitEnded();
		}
		catch (InterruptedException interrupted) {
			kill();
			throw interrupted;
		}
	}

	/** Takes out the next in order, if its end was seen. */
	private synchronized @Nullable MappedItem<A, R> nextSeen() {
		return (!this.begun.isEmpty() && this.begun.getFirst().seen) ? this.begun.removeFirst() : null;
	}

	private static <A, R> GreenThread<R> threadOf(MappedItem<A, R> ended) {
		return Objects.requireNonNull(ended.thread);
	}

	/**
	 * Begins what may be ahead, or lets a puller do so. Called by the reader.
	 * @throws RuntimeException if there can't be a puller
	 */
	void begin() {
		makeRoom(this.ahead);
		pullOrLetPull();
	}

	/** Returns whether there is another result, when that is known. */
	boolean awaitNext() throws InterruptedException {
		beginOrStop(this.ahead);
		try {
			while (!nextIsKnown()) {
				park();
			}
		}
		finally {
			endWait();
		}
		synchronized (this) {
			return this.open > 0 || this.stoppedBy != null;
		}
	}

	private synchronized boolean nextIsKnown() {
		return this.open > 0 || this.exhausted;
	}

	/**
	 * Waits for the next result and hands it out.
	 * @return whose result it is; {@code null} if there is none any more
	 */
	@Nullable GreenThread<R> take() throws InterruptedException {
		beginOrStop(this.ahead + 1L);
		MappedItem<A, R> next = awaitEnded();
		if (next == null) {
			throwStop();
			return null;
		}
		synchronized (this) {
			this.begun.remove(next);
		}
		return threadOf(next);
	}

	/** Begins as {@link #begin} does; that there can't be a puller stops the items. */
	void beginOrStop() {
		beginOrStop(this.ahead);
	}

	private void beginOrStop(long room) {
		makeRoom(room);
		try {
			pullOrLetPull();
		}
		catch (Throwable noPuller) {
			stop(noPuller);
		}
	}

	private synchronized void makeRoom(long room) {
		this.room = room;
	}

	private void pullOrLetPull() {
		if (readByReader()) {
			pull(null);
		}
		else {
			startPulled();
			letPull();
		}
	}

	boolean readByReader() {
		return ReadySources.contains(this.source);
	}

	private void letPull() {
		boolean readerStarts = this.tasks.mustStartHere();
		synchronized (this) {
			this.readerStarts = readerStarts;
			if (this.puller != null || !mayPull()) {
				return;
			}
		}
		// Only the reader makes one, so there is none meanwhile.
		GreenThread<Void> made = this.tasks.puller(this::pullBeside);
		synchronized (this) {
			this.puller = made;
		}
		try {
			made.link(this::pullerEnded);
			made.start();
		}
		catch (Throwable failure) {
			synchronized (this) {
				this.puller = null;
			}
			throw failure;
		}
	}

	private @Nullable Void pullBeside() {
		GreenThread<Void> beside;
		synchronized (this) {
			beside = this.puller;
		}
		if (beside != null) {
			pull(beside);
		}
		return null;
	}

	/** It may have been killed, even before it began. */
	private void pullerEnded(GreenThread<Void> ended) {
		synchronized (this) {
			if (this.puller != ended) {
				return;
			}
			this.puller = null;
		}
		Throwable failure = ended.exception();
		stop((failure != null) ? failure : new IllegalStateException("Nobody reads the items any more"));
	}

	/** Pulls while there is room. */
	private void pull(@Nullable GreenThread<Void> beside) {
		while (pullsOn(beside)) {
			MappedItem<A, R> item = pullNext();
			if (item != null && put(item, beside != null)) {
				start(item, beside);
			}
		}
	}

	/** A puller that shall not go on is none any more: the next may begin. */
	private synchronized boolean pullsOn(@Nullable GreenThread<Void> beside) {
		boolean on = mayPull();
		if (!on && beside != null && this.puller == beside) {
			this.puller = null;
		}
		return on;
	}

	/** Called under the lock. */
	private boolean mayPull() {
		return !this.exhausted && this.open < this.room;
	}

	private @Nullable MappedItem<A, R> pullNext() {
		try {
			Iterator<? extends A> from = this.items;
			if (from == null) {
				from = this.source.iterator();
				this.items = from;
			}
			if (from.hasNext()) {
				return new MappedItem<>(this, from.next());
			}
			stop(null);
		}
		catch (Throwable failure) {
			stop(failure);
		}
		return null;
	}

	/** Returns whether who pulled the item is to start it. */
	private boolean put(MappedItem<A, R> item, boolean beside) {
		synchronized (this) {
			if (this.exhausted) {
				return false;
			}
			this.begun.add(item);
			this.open++;
			if (!beside || !this.readerStarts) {
				return true;
			}
			this.unstarted.add(item);
		}
		wake();
		return false;
	}

	/** Starts what was pulled for a reader that does so itself. */
	private void startPulled() {
		while (true) {
			MappedItem<A, R> item;
			synchronized (this) {
				item = this.unstarted.poll();
			}
			if (item == null) {
				return;
			}
			start(item, null);
		}
	}

	private void start(MappedItem<A, R> item, @Nullable GreenThread<Void> beside) {
		GreenThread<R> thread;
		try {
			thread = this.tasks.start(item, item, beside);
		}
		catch (Throwable failure) {
			synchronized (this) {
				forget(item);
				// Their turn would come after what has stopped them.
				this.unstarted.forEach(this::forget);
				this.unstarted.clear();
			}
			stop(failure);
			return;
		}
		boolean ours;
		synchronized (this) {
			item.thread = thread;
			ours = item.ended || this.begun.contains(item);
		}
		if (!ours) {
			// Killed before there was anybody to kill.
			thread.kill();
		}
	}

	/** Called under the lock. */
	private void forget(MappedItem<A, R> item) {
		if (this.begun.remove(item)) {
			this.open--;
		}
	}

	@Nullable R apply(A item) throws Exception {
		return this.function.apply(item);
	}

	void ended(MappedItem<A, R> item, GreenThread<R> thread) {
		synchronized (this) {
			item.thread = thread;
			item.ended = true;
			if (!this.begun.contains(item) || (this.ordered && this.begun.getFirst() != item)) {
				// Nobody waits for this one, at least not yet.
				return;
			}
			if (!this.ordered) {
				addEnded(item);
			}
		}
		wake();
	}

	private void addEnded(MappedItem<A, R> item) {
		if (this.lastEnded == null) {
			this.firstEnded = item;
		}
		else {
			this.lastEnded.next = item;
		}
		this.lastEnded = item;
	}

	/** Ends the items, once. */
	private void stop(@Nullable Throwable failure) {
		synchronized (this) {
			if (!this.exhausted) {
				this.exhausted = true;
				this.stoppedBy = failure;
			}
		}
		wake();
	}

	private void wake() {
		Parking.unpark(this.reader);
	}

	/** Waits for the next end; returns {@code null} if there is none any more. */
	private @Nullable MappedItem<A, R> awaitEnded() throws InterruptedException {
		try {
			while (true) {
				startPulled();
				synchronized (this) {
					if (this.stoppedBy != null && this.tasks.stopEndsAll()) {
						break;
					}
					MappedItem<A, R> next = this.ordered ? pollFirst() : pollEnded();
					if (next != null) {
						this.open--;
						this.room = Math.min(this.room, this.ahead);
						return next;
					}
					if (this.open == 0 && this.exhausted) {
						return null;
					}
				}
				park();
			}
		}
		finally {
			endWait();
		}
		killBegun();
		return null;
	}

	private @Nullable MappedItem<A, R> pollFirst() {
		return (!this.begun.isEmpty() && this.begun.getFirst().ended) ? this.begun.getFirst() : null;
	}

	/** One that could not be begun has ended, too, and is nobody's result. */
	private @Nullable MappedItem<A, R> pollEnded() {
		while (true) {
			MappedItem<A, R> ended = this.firstEnded;
			if (ended == null) {
				return null;
			}
			this.firstEnded = ended.next;
			if (this.firstEnded == null) {
				this.lastEnded = null;
			}
			if (this.begun.contains(ended)) {
				return ended;
			}
		}
	}

	/** Parks, but not before a second look since the reader was made known. */
	private void park() throws InterruptedException {
		Thread current = Thread.currentThread();
		if (this.reader != current) {
			checkMayWait();
			this.reader = current;
			return;
		}
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		Parking.park(this);
	}

	private void endWait() {
		if (this.reader == Thread.currentThread()) {
			this.reader = null;
		}
	}

	private void checkMayWait() {
		this.tasks.checkMayWait();
		GreenThread<?> self = GreenThread.current();
		GreenThread<?> first;
		synchronized (this) {
			if (self != null && self == this.puller) {
				throw new IllegalStateException(
						"The source of a mapping would wait for its results; read them on another thread");
			}
			first = (this.ordered && !this.begun.isEmpty()) ? this.begun.getFirst().thread : null;
		}
		if (first != null) {
			first.rejectSelf();
		}
	}

	/** Throws what has stopped the items, once, if anything has. */
	void throwStop() {
		Throwable stop;
		synchronized (this) {
			stop = this.stoppedBy;
			this.stoppedBy = null;
		}
		if (stop != null) {
			throw GreenThread.<RuntimeException>rethrow(stop);
		}
	}

	/** As {@link #throwStop}; no other result is of use then. */
	void throwStopOfAll() {
		synchronized (this) {
			if (this.stoppedBy == null) {
				return;
			}
		}
		killBegun();
		throwStop();
	}

	/** Kills what is at work and ends the results. Idempotent. */
	void kill() {
		GreenThread<Void> pulling;
		synchronized (this) {
			this.exhausted = true;
			this.stoppedBy = null;
			pulling = this.puller;
			this.puller = null;
		}
		if (pulling != null) {
			pulling.kill();
		}
		killBegun();
		wake();
	}

	/** The last first: a slot that comes back finds nobody of ours in line. */
	private List<MappedItem<A, R>> killBegun() {
		List<MappedItem<A, R>> all;
		synchronized (this) {
			all = new ArrayList<>(this.begun);
			this.begun.clear();
			this.unstarted.clear();
			this.firstEnded = null;
			this.lastEnded = null;
			this.open = 0;
		}
		for (MappedItem<A, R> item : all.reversed()) {
			if (item.thread != null) {
				item.thread.kill();
			}
		}
		return all;
	}

	/** An interrupt does not keep the others from ending first; it is kept. */
	private void killAndJoin() {
		boolean interrupted = false;
		for (MappedItem<A, R> item : killBegun()) {
			GreenThread<R> thread = item.thread;
			while (thread != null && !thread.ready()) {
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
		 * @param beside who starts it in place of the thread that made that one
		 */
		<R> GreenThread<R> start(Callable<? extends @Nullable R> body, Consumer<? super GreenThread<R>> whenEnded,
				@Nullable GreenThread<?> beside);

		/** Makes a thread to read items on, beside the calling one. */
		GreenThread<Void> puller(Callable<@Nullable Void> body);

		/**
		 * Returns whether the calling thread alone can start tasks that don't wait for
		 * it.
		 */
		boolean mustStartHere();

		/** Returns whether what has stopped the items ends those begun, too. */
		boolean stopEndsAll();

		/** Rejects a wait for results that nobody could ever end. */
		void checkMayWait();

	}

}
