package io.greenroom.green;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;

/**
 * Applies a function to a sequence of items, each on a green thread of its own, with a
 * bounded number of them ahead of the reader of the results.
 * <p>
 * An iterator may wait forever for its next item, while results of earlier items are
 * available. The reader therefore pulls the items itself only if the iterator cannot
 * wait; otherwise a separate green thread does, the puller. There is at most one puller,
 * and only while there is room ahead: a mapping that is no longer read keeps no thread,
 * unless its iterator does. The puller also starts what it has pulled, unless the reader
 * must do so itself.
 * <p>
 * Whatever stops the items, such as a failure of their iterator or a rejection by a pool,
 * is the last result. Only one thread may read at a time.
 */
final class Mapping<A, R> {

	private final Iterable<? extends A> source;

	private final GreenFunction<? super A, ? extends R> function;

	private final Tasks tasks;

	private final MappingState<A, R> state;

	/** Confined to the thread that pulls; handed from one to the next by the state. */
	private @Nullable Iterator<? extends A> items;

	/** The reader while it waits; written by the reader only, read by any thread. */
	private volatile @Nullable Thread reader;

	Mapping(Iterable<? extends A> source, GreenFunction<? super A, ? extends R> function, Tasks tasks, int ahead,
			boolean ordered) {
		if (ahead < 1) {
			throw new IllegalArgumentException("The look-ahead is " + ahead + "; give 1 or more");
		}
		this.source = Objects.requireNonNull(source, "items");
		this.function = Objects.requireNonNull(function, "function");
		this.tasks = tasks;
		this.state = new MappingState<>(ahead, ordered);
	}

	/**
	 * Applies a function to all items and waits for the results, in the order of the
	 * items. The first failure kills the others and is thrown when they have ended. The
	 * items are read on the calling thread.
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
		this.state.makeRoom();
		while (true) {
			pull(null);
			throwStop();
			MappedItem<A, R> ended = awaitEndedOrKill();
			if (ended == null) {
				return results;
			}
			// Throws the failure.
			threadOf(ended).get();
			ended.seen = true;
			for (MappedItem<A, R> next = this.state.pollSeen(); next != null; next = this.state.pollSeen()) {
				results.add(threadOf(next).get());
			}
		}
	}

	/**
	 * Waits for the next end. If interrupted, kills the others and does not wait for
	 * them.
	 */
	private @Nullable MappedItem<A, R> awaitEndedOrKill() throws InterruptedException {
		try {
			return awaitEnded();
		}
		catch (InterruptedException interrupted) {
			kill();
			throw interrupted;
		}
	}

	private static <A, R> GreenThread<R> threadOf(MappedItem<A, R> ended) {
		return Objects.requireNonNull(ended.thread);
	}

	/**
	 * Starts what may be ahead, or lets a puller do so. Called by the reader.
	 * @throws RuntimeException if a puller cannot be started
	 */
	void begin() {
		this.state.makeRoom();
		pullOrLetPull();
	}

	/**
	 * Waits until it is known whether there is another result; returns whether there is.
	 */
	boolean awaitNext() throws InterruptedException {
		beginOrStop();
		try {
			while (!this.state.nextIsKnown()) {
				park();
			}
		}
		finally {
			endWait();
		}
		return this.state.hasNext();
	}

	/**
	 * Waits for the next result and hands it out.
	 * @return the thread whose result it is, or {@code null} if there are no more
	 */
	@Nullable GreenThread<R> take() throws InterruptedException {
		this.state.makeRoomForNext();
		pullOrStop();
		MappedItem<A, R> next = awaitEnded();
		if (next == null) {
			throwStop();
			return null;
		}
		this.state.handedOut(next);
		return threadOf(next);
	}

	/**
	 * Starts as {@link #begin} does. If a puller cannot be started, that stops the items.
	 */
	void beginOrStop() {
		this.state.makeRoom();
		pullOrStop();
	}

	private void pullOrStop() {
		try {
			pullOrLetPull();
		}
		catch (Throwable noPuller) {
			stop(noPuller);
		}
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
		if (!this.state.needsPuller(this.tasks.mustStartHere())) {
			return;
		}
		// Only the reader creates one, so there is none meanwhile.
		GreenThread<Void> made = this.tasks.puller(this::pullBeside);
		this.state.setPuller(made);
		try {
			made.link(this::pullerEnded);
			made.start();
		}
		catch (Throwable failure) {
			this.state.setPuller(null);
			throw failure;
		}
	}

	private @Nullable Void pullBeside() {
		GreenThread<Void> beside = this.state.puller();
		if (beside != null) {
			pull(beside);
		}
		return null;
	}

	/** Handles the end of the puller, which may have been killed even before it began. */
	private void pullerEnded(GreenThread<Void> ended) {
		if (this.state.pullerEnded(ended)) {
			Throwable failure = ended.exception();
			stop((failure != null) ? failure : new IllegalStateException("The items are no longer read"));
		}
	}

	/** Pulls items while there is room. */
	private void pull(@Nullable GreenThread<Void> beside) {
		while (this.state.pullsOn(beside)) {
			MappedItem<A, R> item = pullNext();
			if (item != null) {
				if (this.state.put(item, beside)) {
					start(item, beside);
				}
				else {
					wake();
				}
			}
		}
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

	/** Starts what was pulled, if the reader must do so itself. */
	private void startPulled() {
		for (MappedItem<A, R> item = this.state.pollUnstarted(); item != null; item = this.state.pollUnstarted()) {
			start(item, null);
		}
	}

	private void start(MappedItem<A, R> item, @Nullable GreenThread<Void> beside) {
		GreenThread<R> thread;
		try {
			thread = this.tasks.start(item, item, beside);
		}
		catch (Throwable failure) {
			this.state.notStarted(item);
			stop(failure);
			return;
		}
		if (!this.state.started(item, thread)) {
			// The mapping was killed before this thread was known.
			thread.kill();
		}
	}

	@Nullable R apply(A item) throws Exception {
		return this.function.apply(item);
	}

	void ended(MappedItem<A, R> item, GreenThread<R> thread) {
		if (this.state.ended(item, thread)) {
			wake();
		}
	}

	/** Ends the items, once. */
	private void stop(@Nullable Throwable failure) {
		this.state.stop(failure);
		wake();
	}

	private void wake() {
		Parking.unpark(this.reader);
	}

	/** Waits for the next end; returns {@code null} if there are no more. */
	private @Nullable MappedItem<A, R> awaitEnded() throws InterruptedException {
		try {
			startPulled();
			while (!(this.tasks.stopEndsAll() && this.state.isFailed())) {
				MappedItem<A, R> next = this.state.pollDone();
				if (next != null || this.state.isOver()) {
					return next;
				}
				park();
				startPulled();
			}
		}
		finally {
			endWait();
		}
		killBegun();
		return null;
	}

	/** Parks, after a second check since the reader was published. */
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
		if (self != null && self == this.state.puller()) {
			throw new IllegalStateException(
					"The source of a mapping would wait for its results; read them on another thread");
		}
		GreenThread<R> first = this.state.nextThread();
		if (first != null) {
			first.rejectSelf();
		}
	}

	/** Throws what has stopped the items, if anything has; once. */
	void throwStop() {
		Throwable stop = this.state.takeFailure();
		if (stop != null) {
			throw Failures.rethrow(stop);
		}
	}

	/** Throws as {@link #throwStop} does, and discards all other results. */
	void throwStopOfAll() {
		if (this.state.isFailed()) {
			killBegun();
			throwStop();
		}
	}

	/** Kills all running threads and ends the results. Idempotent. */
	void kill() {
		GreenThread<Void> pulling = this.state.close();
		if (pulling != null) {
			pulling.kill();
		}
		killBegun();
		wake();
	}

	/**
	 * Kills in reverse order, so that a returned slot does not go to another item of this
	 * mapping.
	 */
	private List<MappedItem<A, R>> killBegun() {
		List<MappedItem<A, R>> all = this.state.removeAll();
		for (MappedItem<A, R> item : all.reversed()) {
			if (item.thread != null) {
				item.thread.kill();
			}
		}
		return all;
	}

	/**
	 * Kills all and waits for their end. An interrupt does not cut the wait short and
	 * stays set.
	 */
	private void killAndJoin() {
		boolean interrupted = false;
		for (MappedItem<A, R> item : killBegun()) {
			GreenThread<R> thread = item.thread;
			while (thread != null && !thread.isDone()) {
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

	@Override
	public String toString() {
		return "the next result of a mapping";
	}

	/** Starts the green threads. */
	interface Tasks {

		/**
		 * Starts a task, now or when its turn comes. Does not wait.
		 * @param whenEnded called once when it has ended; it observes a failure, which is
		 * not reported otherwise
		 * @param beside the thread that starts it on behalf of its own creator
		 */
		<R> GreenThread<R> start(Callable<? extends @Nullable R> body, Consumer<? super GreenThread<R>> whenEnded,
				@Nullable GreenThread<?> beside);

		/** Starts a thread that reads items on behalf of the calling one. */
		GreenThread<Void> puller(Callable<@Nullable Void> body);

		/**
		 * Returns whether only the calling thread can start tasks that do not wait for
		 * it.
		 */
		boolean mustStartHere();

		/** Returns whether what has stopped the items also ends those begun. */
		boolean stopEndsAll();

		/** Rejects a wait for results that could never end. */
		void checkMayWait();

	}

}
