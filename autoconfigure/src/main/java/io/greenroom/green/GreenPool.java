package io.greenroom.green;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import io.greenroom.green.internal.Countdown;
import io.greenroom.green.internal.Limits;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many work at once, and keeps the others in one fair line. Work is either a
 * task, which runs on a green thread of its own and starts clean, or the calling thread
 * itself, which {@linkplain #enter(Duration) takes a slot} and goes on.
 * <p>
 * A thread that ends hands its slot to the first in line, and the line is never
 * overtaken. The line is bounded, except for callers that block in {@link #spawn},
 * {@link #trySpawn}, {@link #apply} or {@link #map}, which limit themselves. A place that
 * is given up, by timeout, interrupt or kill, takes no slot with it.
 * <p>
 * A member is a running task of the pool or a thread that has entered it. A member never
 * waits for a slot that it may hold itself: instead of waiting, what it asks of its own
 * pool runs inline, on the member's thread and in its slot. Threads that a member starts
 * outside the pool are not members.
 * <p>
 * Thread-safe. Inspired by the pools of gevent and pulsar.
 */
public final class GreenPool implements AutoCloseable {

	/** The default bound of the line. */
	public static final int DEFAULT_QUEUE_CAPACITY = 1000;

	private final GreenScheduler scheduler;

	private final String name;

	private final int queueCapacity;

	private final @Nullable String settings;

	private final Admission admission;

	private final PoolReports reports;

	private final PoolCompletions ends;

	private final PoolShutdown shutdown;

	private final Entered entered = new Entered();

	private final Mapping.Tasks mapped = new MappedTasks();

	private final AtomicLong sequence = new AtomicLong();

	private GreenPool(Builder builder) {
		this.scheduler = builder.scheduler;
		this.name = builder.name;
		this.queueCapacity = builder.queueCapacity;
		this.settings = builder.settings;
		this.admission = new Admission(builder.size, builder.queueCapacity);
		this.ends = new PoolCompletions(this.admission);
		this.reports = new PoolReports(this.scheduler, this.name, this.settings, this.admission);
		this.shutdown = new PoolShutdown(this, this.scheduler, this.admission, this.ends);
		this.scheduler.attach(this.shutdown);
		// Its tasks and waiting threads keep it alive; otherwise an unreferenced pool is
		// collected.
		this.scheduler.release(this.shutdown);
	}

	/**
	 * Returns the pool's name.
	 * @return the name, the prefix of its threads' names
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Returns the size of the pool.
	 * @return how many may work at once
	 */
	public int size() {
		return this.admission.limit();
	}

	/**
	 * Returns the capacity of the line.
	 * @return how many may wait in line
	 */
	public int queueCapacity() {
		return this.queueCapacity;
	}

	/**
	 * Returns how many more could start at once.
	 * @return the number of free slots
	 */
	public int free() {
		return Math.max(0, size() - active());
	}

	/**
	 * Returns how many work now.
	 * @return the number of taken slots
	 */
	public int active() {
		return this.admission.active();
	}

	/**
	 * Returns how many wait in line.
	 * @return the number of accepted tasks and threads without a slot
	 */
	public int queued() {
		return this.admission.queued();
	}

	/**
	 * Changes how many may work at once. A larger pool lets the first in line start. A
	 * smaller pool does not interrupt anything, and gives no slot until enough slots have
	 * been returned.
	 * @param size the new size
	 * @throws IllegalArgumentException if the size is less than 1
	 */
	public void resize(int size) {
		requireSize(this.name, this.settings, size);
		StackRoom.check();
		this.admission.resize(size);
		this.ends.freed();
	}

	/**
	 * Runs a task on a green thread in a slot of its own. Blocks in line while no slot is
	 * free, without a limit; a member of the pool then runs the task inline instead.
	 * @param body what it runs
	 * @return the task's green thread, started
	 * @param <T> the type of the result
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws PoolClosedException if the pool is closed, even while the caller waits
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public <T> GreenThread<T> spawn(Callable<? extends T> body) throws InterruptedException {
		Objects.requireNonNull(body, "body");
		return spawn(body, null);
	}

	/**
	 * Runs a task that returns nothing.
	 * @param body what it runs
	 * @return the task's green thread, started
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws PoolClosedException if the pool is closed, even while the caller waits
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 * @see #spawn(Callable)
	 */
	public GreenThread<Void> spawn(GreenTask body) throws InterruptedException {
		return spawn(GreenScheduler.callable(body));
	}

	private <T> GreenThread<T> spawn(Callable<? extends T> body, @Nullable Consumer<? super GreenThread<T>> whenEnded)
			throws InterruptedException {
		if (isMember()) {
			return startOrRunHere(body, whenEnded);
		}
		PoolSlot place = enter(whenEnded != null, false);
		place.awaitHeld(Long.MAX_VALUE);
		return place.startNow(body, whenEnded, null);
	}

	/** Starts or runs a task for a member, without waiting in line. */
	private <T> GreenThread<T> startOrRunHere(Callable<? extends T> body,
			@Nullable Consumer<? super GreenThread<T>> whenEnded) {
		StackRoom.check();
		requireOpen();
		PoolSlot place = new PoolSlot(this, whenEnded != null);
		return this.admission.tryEnter(place) ? stillOpen(place).startNow(body, whenEnded, null)
				: runHere(body, whenEnded);
	}

	private <T> GreenThread<T> runHere(Callable<? extends T> body,
			@Nullable Consumer<? super GreenThread<T>> whenEnded) {
		GreenThread<T> task = task(body, null, null);
		if (whenEnded != null) {
			task.link(whenEnded);
		}
		task.runHere();
		Throwable failure = task.exception();
		this.ends.taskEnded((whenEnded != null) ? null : failure);
		return task;
	}

	/**
	 * Runs a task on a green thread if a slot is free and the line is empty. Does not
	 * block.
	 * @param body what it runs
	 * @return the task's green thread, started
	 * @param <T> the type of the result
	 * @throws PoolFullException if no slot is free
	 * @throws PoolClosedException if the pool is closed
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public <T> GreenThread<T> trySpawn(Callable<? extends T> body) {
		Objects.requireNonNull(body, "body");
		StackRoom.check();
		requireOpen();
		PoolSlot place = new PoolSlot(this, false);
		if (!this.admission.tryEnter(place)) {
			throw this.reports.noSlot();
		}
		return stillOpen(place).startNow(body);
	}

	/**
	 * Runs a task that returns nothing if a slot is free and the line is empty.
	 * @param body what it runs
	 * @return the task's green thread, started
	 * @throws PoolFullException if no slot is free
	 * @throws PoolClosedException if the pool is closed
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 * @see #trySpawn(Callable)
	 */
	public GreenThread<Void> trySpawn(GreenTask body) {
		return trySpawn(GreenScheduler.callable(body));
	}

	/**
	 * Runs a task on a green thread in a slot of its own. Blocks in line while no slot is
	 * free, up to the limit; a member of the pool then runs the task inline instead.
	 * @param body what it runs
	 * @param limit the maximum time to wait; zero checks once without waiting
	 * @return the task's green thread, started
	 * @param <T> the type of the result
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws PoolFullException if the time is over
	 * @throws PoolClosedException if the pool is closed, even while the caller waits
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 * @throws IllegalArgumentException if the limit is negative
	 */
	public <T> GreenThread<T> trySpawn(Callable<? extends T> body, Duration limit) throws InterruptedException {
		Objects.requireNonNull(body, "body");
		long nanos = Limits.nanos(limit, "limit");
		if (isMember()) {
			return startOrRunHere(body, null);
		}
		PoolSlot place = enter(false, false);
		if (!place.awaitHeld(nanos)) {
			throw this.reports.late(limit);
		}
		return place.startNow(body);
	}

	/**
	 * Runs a task that returns nothing, waiting in line up to the limit.
	 * @param body what it runs
	 * @param limit the maximum time to wait; zero checks once without waiting
	 * @return the task's green thread, started
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws PoolFullException if the time is over
	 * @throws PoolClosedException if the pool is closed, even while the caller waits
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 * @throws IllegalArgumentException if the limit is negative
	 * @see #trySpawn(Callable, Duration)
	 */
	public GreenThread<Void> trySpawn(GreenTask body, Duration limit) throws InterruptedException {
		return trySpawn(GreenScheduler.callable(body), limit);
	}

	/**
	 * Runs a task on a green thread when its turn comes. Does not block: while no slot is
	 * free, the task waits in line. A member of the pool takes no second slot: its task
	 * runs inline, and has ended when this method returns.
	 * @param body what it runs
	 * @return the task's green thread, which the pool starts; killing it while it waits
	 * removes it from the line
	 * @param <T> the type of the result
	 * @throws PoolFullException if the line is full
	 * @throws PoolClosedException if the pool is closed
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public <T> GreenThread<T> submit(Callable<? extends T> body) {
		Objects.requireNonNull(body, "body");
		if (isMember()) {
			StackRoom.check();
			requireOpen();
			return runHere(body, null);
		}
		return enter(false, true).startNow(body);
	}

	/**
	 * Runs a task that returns nothing when its turn comes.
	 * @param body what it runs
	 * @return the task's green thread, which the pool starts
	 * @throws PoolFullException if the line is full
	 * @throws PoolClosedException if the pool is closed
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 * @see #submit(Callable)
	 */
	public GreenThread<Void> submit(GreenTask body) {
		return submit(GreenScheduler.callable(body));
	}

	/**
	 * Takes a slot for the calling thread, which then does its own work. Blocks in line
	 * while no slot is free, up to the limit.
	 * @param limit the maximum time to wait; zero checks once without waiting
	 * @return the slot, which must be closed
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws PoolFullException at once if the line is full, or if the time is over
	 * @throws PoolClosedException if the pool is closed, even while the caller waits
	 * @throws IllegalArgumentException if the limit is negative
	 */
	public Slot enter(Duration limit) throws InterruptedException {
		Limits.nanos(limit, "limit");
		return enter(false, true).await(limit);
	}

	/**
	 * Takes a slot, or a place in line, for a thread or task that comes later. Does not
	 * block.
	 * @return the reservation, which must be used once or cancelled
	 * @throws PoolFullException if the line is full
	 * @throws PoolClosedException if the pool is closed
	 */
	public Reservation reserve() {
		return enter(false, true);
	}

	private PoolSlot enter(boolean watched, boolean bounded) {
		StackRoom.check();
		requireOpen();
		PoolSlot place = new PoolSlot(this, watched);
		if (!this.admission.enter(place, bounded)) {
			throw this.reports.noRoom();
		}
		// A slot may have come and gone meanwhile.
		this.ends.freed();
		return stillOpen(place);
	}

	private void requireOpen() {
		if (this.shutdown.isClosed()) {
			throw this.reports.closed();
		}
	}

	private PoolSlot stillOpen(PoolSlot place) {
		if (this.shutdown.isClosed()) {
			place.giveUp();
			throw this.reports.closed();
		}
		return place;
	}

	/**
	 * Runs a task in a slot and waits for its result. Blocks in line while no slot is
	 * free; a member of the pool runs the body inline, as an ordinary call.
	 * <p>
	 * The caller gets the same throwable that the body threw; {@link GreenThread#get()}
	 * shows how to catch a checked exception.
	 * @param body what it runs
	 * @return the body's result
	 * @param <T> the type of the result
	 * @throws InterruptedException if the caller is interrupted while it waits; the task
	 * is then killed and not waited for
	 * @throws PoolClosedException if the pool is closed, even while the caller waits
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public <T> @Nullable T apply(Callable<? extends T> body) throws InterruptedException {
		Objects.requireNonNull(body, "body");
		StackRoom.check();
		if (isMember()) {
			requireOpen();
			return callHere(body);
		}
		GreenThread<T> task = spawn(body, (_) -> {
		});
		try {
			task.join();
		}
		catch (InterruptedException ex) {
			task.kill();
			throw ex;
		}
		return task.get();
	}

	/**
	 * Runs a task that returns nothing in a slot and waits for its end.
	 * @param body what it runs
	 * @throws InterruptedException if the caller is interrupted while it waits; the task
	 * is then killed and not waited for
	 * @throws PoolClosedException if the pool is closed, even while the caller waits
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 * @see #apply(Callable)
	 */
	public void apply(GreenTask body) throws InterruptedException {
		apply(GreenScheduler.callable(body));
	}

	private static <T> T callHere(Callable<? extends T> body) {
		try {
			return body.call();
		}
		catch (Exception failure) {
			throw Failures.rethrow(failure);
		}
	}

	/**
	 * Applies a function to all items, each in a task of its own, and waits for the
	 * results. If a task or the reading of the items fails, the other tasks of this call
	 * are killed and have ended before the first failure is thrown;
	 * {@link GreenThread#get()} shows how to catch a checked exception. At most twice the
	 * pool's size are running or in line at once.
	 * @param items the items, read on the calling thread
	 * @param function the function
	 * @return the results in the order of the items
	 * @param <A> the type of the items
	 * @param <R> the type of the results
	 * @throws InterruptedException if the caller is interrupted while it waits; the tasks
	 * are then killed and not waited for
	 * @throws PoolClosedException if the pool is closed, even while the caller waits
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public <A, R> List<@Nullable R> map(Iterable<? extends A> items, GreenFunction<? super A, ? extends R> function)
			throws InterruptedException {
		return Mapping.all(items, function, this.mapped, lookAhead());
	}

	/**
	 * Applies a function to items, each in a task of its own, while the results are read,
	 * with a look-ahead of twice the pool's size.
	 * @param items the items
	 * @param function the function
	 * @return the results in the order of the items
	 * @param <A> the type of the items
	 * @param <R> the type of the results
	 * @see #imap(int, Iterable, GreenFunction)
	 */
	public <A, R> GreenResults<R> imap(Iterable<? extends A> items, GreenFunction<? super A, ? extends R> function) {
		return imap(lookAhead(), items, function);
	}

	/**
	 * Applies a function to items, each in a task of its own, while the results are read.
	 * Items are read, and their tasks are started or put in line, after this call and
	 * whenever the reader asks for a result. The items may therefore be endless, or wait
	 * for a next one while results are handed out. What stops the items, such as a
	 * failure of their iterator or the end of the pool, is thrown after the last result.
	 * <p>
	 * Items of the JDK's collections are read on the thread that reads the results. Items
	 * of any other source, whose iterator may wait, are read on a separate green thread
	 * in the reader's context. Closing the results interrupts that thread.
	 * @param lookAhead how many tasks to start beyond the one whose result is being read
	 * @param items the items
	 * @param function the function
	 * @return the results in the order of the items
	 * @param <A> the type of the items
	 * @param <R> the type of the results
	 * @throws IllegalArgumentException if the look-ahead is less than 1
	 */
	public <A, R> GreenResults<R> imap(int lookAhead, Iterable<? extends A> items,
			GreenFunction<? super A, ? extends R> function) {
		return results(new Mapping<>(items, function, this.mapped, lookAhead, true));
	}

	private static <A, R> GreenResults<R> results(Mapping<A, R> mapping) {
		StackRoom.check();
		mapping.beginOrStop();
		return new MappedResults<>(mapping);
	}

	/**
	 * Applies a function to items, each in a task of its own, while the results are read,
	 * with a look-ahead of twice the pool's size.
	 * @param items the items
	 * @param function the function
	 * @return the results in the order in which they become ready
	 * @param <A> the type of the items
	 * @param <R> the type of the results
	 * @see #imapUnordered(int, Iterable, GreenFunction)
	 */
	public <A, R> GreenResults<R> imapUnordered(Iterable<? extends A> items,
			GreenFunction<? super A, ? extends R> function) {
		return imapUnordered(lookAhead(), items, function);
	}

	/**
	 * Applies a function to items as {@link #imap(int, Iterable, GreenFunction)} does.
	 * @param lookAhead how many tasks to start beyond the one whose result is being read
	 * @param items the items
	 * @param function the function
	 * @return the results in the order in which they become ready
	 * @param <A> the type of the items
	 * @param <R> the type of the results
	 * @throws IllegalArgumentException if the look-ahead is less than 1
	 */
	public <A, R> GreenResults<R> imapUnordered(int lookAhead, Iterable<? extends A> items,
			GreenFunction<? super A, ? extends R> function) {
		return results(new Mapping<>(items, function, this.mapped, lookAhead, false));
	}

	/** Enough to keep the slots busy while a result is being handled. */
	private int lookAhead() {
		return (int) Math.min(Integer.MAX_VALUE, 2L * size());
	}

	/** Costs a few reads, so that it can be called for every task. */
	private boolean isMember() {
		GreenThread<?> current = GreenThread.current();
		return (current != null && runs(current)) || this.entered.contains(Thread.currentThread());
	}

	/** Returns whether a green thread has a slot of this pool. */
	boolean runs(GreenThread<?> thread) {
		return thread.slot() instanceof PoolSlot place && place.isIn(this);
	}

	/** Returns whether a green thread is a task of this pool, even while it is ending. */
	boolean owns(GreenThread<?> thread) {
		return thread.slot() instanceof PoolSlot place && place.isOf(this);
	}

	PoolReports reports() {
		return this.reports;
	}

	PoolCompletions ends() {
		return this.ends;
	}

	Entered entered() {
		return this.entered;
	}

	boolean isKilled() {
		return this.shutdown.isKilled();
	}

	private static void requireSize(String pool, @Nullable String settings, int size) {
		if (size < 1) {
			throw new IllegalArgumentException("The size of pool '" + pool + "' is " + size + "; set "
					+ PoolReports.setting(settings, "size") + " to 1 or more");
		}
	}

	<T> GreenThread<T> task(Callable<? extends T> body, @Nullable PoolSlot place, @Nullable GreenThread<?> beside) {
		return this.scheduler.child(this.name + "-" + this.sequence.incrementAndGet(), body, place, beside);
	}

	void unobserved(GreenThread<?> task, Throwable failure) {
		this.scheduler.unobserved(task, failure);
	}

	void checkMayWait() {
		this.scheduler.engine().checkMayWait("wait for a slot of pool", this.name);
	}

	void handOn() {
		this.admission.handOn();
		this.ends.freed();
	}

	void leave(PoolSlot place) {
		this.admission.leave(place);
		this.ends.freed();
	}

	/**
	 * Waits until nothing runs or waits in line, whatever the outcomes.
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalStateException if the caller is a member
	 */
	public void join() throws InterruptedException {
		join(Join.all());
	}

	/**
	 * Waits up to the limit until nothing runs or waits in line, whatever the outcomes.
	 * @param limit the maximum time to wait; zero checks once without waiting
	 * @return whether nothing runs or waits any more
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalArgumentException if the limit is negative
	 * @throws IllegalStateException if the caller is a member
	 */
	public boolean join(Duration limit) throws InterruptedException {
		return join(Join.all().within(limit));
	}

	/**
	 * Waits as specified: until that many tasks have ended from now on, or nothing runs
	 * or waits in line. If the join raises, it also throws a task's failure from before
	 * this call that no other join has thrown. A failure that went to the caller of
	 * {@link #apply} or to the reader of a mapping does not count.
	 * @param how how many to wait for, for how long, and what to do about a failure; the
	 * others to kill are the pool's running and waiting tasks
	 * @return whether that many, or all, have ended in time
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalStateException if the caller is a member
	 */
	public boolean join(Join how) throws InterruptedException {
		StackRoom.check();
		Objects.requireNonNull(how, "how");
		rejectMember();
		if (!this.ends.idle()) {
			checkMayWait();
		}
		Countdown time = new Countdown(how.nanos(), Parking::nanoTime);
		PoolCompletions.Result result = this.ends.await(how.count(), time, how.raises());
		Throwable failure = result.failure();
		if (failure == null) {
			return result.enough();
		}
		if (how.onFailure() == Join.OnFailure.KILL_OTHERS) {
			this.shutdown.killOthers(time);
		}
		throw Failures.rethrow(failure);
	}

	private void rejectMember() {
		if (isMember()) {
			throw new IllegalStateException(
					"A member of pool '" + this.name + "' would wait for its own end; ask from outside the pool");
		}
	}

	/**
	 * Returns the tasks that have not ended, except those that wait in line.
	 * @return a copy, in any order
	 */
	public List<GreenThread<?>> members() {
		return this.scheduler.living(this::runs);
	}

	/**
	 * Closes the pool at once and kills its tasks, and does not wait for them.
	 * @throws IllegalStateException if the caller is a member; nothing is killed in this
	 * case
	 * @see #kill(Duration)
	 */
	public void kill() {
		StackRoom.check();
		rejectMember();
		this.shutdown.kill();
	}

	/**
	 * Closes the pool at once, kills its tasks, and waits up to the limit until nothing
	 * runs. Threads that wait in line or for a slot get a {@link PoolClosedException},
	 * and nothing starts any more. Threads that have entered are waited for but not
	 * interrupted.
	 * @param limit the maximum time to wait; zero does not wait
	 * @return whether all have ended; {@link #members()} returns those that still clean
	 * up or are stuck
	 * @throws InterruptedException if the caller is interrupted while it waits; all are
	 * killed nevertheless
	 * @throws IllegalArgumentException if the limit is negative; nothing is killed in
	 * this case
	 * @throws IllegalStateException if the caller is a member; nothing is killed in this
	 * case
	 */
	public boolean kill(Duration limit) throws InterruptedException {
		long nanos = Limits.nanos(limit, "limit");
		StackRoom.check();
		rejectMember();
		return this.shutdown.kill(nanos);
	}

	/**
	 * Rejects new work at once, waits for accepted work up to the scheduler's drain
	 * timeout, and {@linkplain #kill(Duration) kills} what is left. An interrupt cuts the
	 * wait short. Idempotent.
	 * @throws IllegalStateException if the caller is a member
	 */
	@Override
	public void close() {
		StackRoom.check();
		rejectMember();
		if (!this.ends.idle()) {
			checkMayWait();
		}
		this.shutdown.close();
	}

	@Override
	public String toString() {
		return "GreenPool[" + this.name + ", " + active() + " of " + size() + " running, " + queued() + " waiting]";
	}

	/** The tasks of mappings: each gets a place in line, unless a member starts it. */
	private final class MappedTasks implements Mapping.Tasks {

		@Override
		public <R> GreenThread<R> start(Callable<? extends @Nullable R> body,
				Consumer<? super GreenThread<R>> whenEnded, @Nullable GreenThread<?> beside) {
			return isMember() ? startOrRunHere(body, whenEnded) : enter(true, false).startNow(body, whenEnded, beside);
		}

		/**
		 * What the source itself asks of this pool must not wait for the member's slot
		 * either.
		 */
		@Override
		public GreenThread<Void> puller(Callable<@Nullable Void> body) {
			return GreenPool.this.scheduler.unstarted(isMember() ? () -> asMember(body) : body);
		}

		private @Nullable Void asMember(Callable<@Nullable Void> body) throws Exception {
			Thread current = Thread.currentThread();
			GreenPool.this.entered.add(current);
			try {
				return body.call();
			}
			finally {
				GreenPool.this.entered.remove(current);
			}
		}

		/** A task of a member must not wait in line for the member's own slot. */
		@Override
		public boolean mustStartHere() {
			return isMember();
		}

		@Override
		public boolean stopEndsAll() {
			return false;
		}

		@Override
		public void checkMayWait() {
			GreenPool.this.scheduler.engine().checkMayWait("wait for results of pool", GreenPool.this.name);
		}

	}

	/** Builds a pool. Not thread-safe. */
	public static final class Builder {

		private final GreenScheduler scheduler;

		private final String name;

		private int size = 1;

		private int queueCapacity = DEFAULT_QUEUE_CAPACITY;

		private @Nullable String settings;

		Builder(GreenScheduler scheduler, String name) {
			this.scheduler = scheduler;
			this.name = name;
		}

		/**
		 * Sets how many may work at once.
		 * @param size the size; 1 by default
		 * @return this builder
		 */
		public Builder size(int size) {
			this.size = size;
			return this;
		}

		/**
		 * Sets how many may wait in line.
		 * @param queueCapacity the capacity of the line, zero for no line;
		 * {@value GreenPool#DEFAULT_QUEUE_CAPACITY} by default
		 * @return this builder
		 */
		public Builder queueCapacity(int queueCapacity) {
			this.queueCapacity = queueCapacity;
			return this;
		}

		/**
		 * Sets the configuration keys of this pool, for remedies in messages.
		 * @param prefix the prefix of {@code .size} and {@code .queue-capacity}
		 * @return this builder
		 */
		public Builder settings(String prefix) {
			this.settings = Objects.requireNonNull(prefix, "prefix");
			return this;
		}

		/**
		 * Creates the pool.
		 * @return a new pool, closed with its scheduler at the latest
		 * @throws IllegalArgumentException if the size is less than 1 or the queue
		 * capacity is negative
		 * @throws SchedulerClosedException if the scheduler is shutting down
		 */
		public GreenPool build() {
			requireSize(this.name, this.settings, this.size);
			if (this.queueCapacity < 0) {
				throw new IllegalArgumentException(
						"The queue capacity of pool '" + this.name + "' is " + this.queueCapacity + "; set "
								+ PoolReports.setting(this.settings, "queue-capacity") + " to 0 or more");
			}
			return new GreenPool(this);
		}

	}

}
