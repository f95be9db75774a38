package io.greenroom.green;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import io.greenroom.green.internal.Limits;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * A place in a pool's line that becomes a slot. It is owned by its holder, a thread or a
 * task. Giving it up leaves the line or returns the slot, once, whatever happened before.
 */
final class PoolSlot implements Slot, Reservation, TaskSlot {

	private static final int WAITING = 0;

	/** Has a slot. */
	private static final int HELD = 1;

	/** Has a slot, and a thread is starting the task in it. */
	private static final int STARTING = 2;

	/** Has a slot, and the task was started. */
	private static final int RUNNING = 3;

	/** Has neither place nor slot. */
	private static final int GONE = 4;

	/** Has neither, because the pool closed. */
	private static final int REJECTED = 5;

	private static final VarHandle STATE;

	private static final VarHandle USED;

	private static final VarHandle KILLED;
	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			STATE = lookup.findVarHandle(PoolSlot.class, "state", int.class);
			USED = lookup.findVarHandle(PoolSlot.class, "used", boolean.class);
			KILLED = lookup.findVarHandle(PoolSlot.class, "killed", boolean.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final GreenPool pool;

	private final long askedAt;

	private volatile int state;

	/** Whether the reservation was given its thread or task, or cancelled; set once. */
	@SuppressWarnings("unused") // by USED
	private volatile boolean used;

	/** Whether the pool has killed the task; set once. */
	@SuppressWarnings("unused") // by KILLED
	private volatile boolean killed;

	/** Whether the task's failure is observed by someone other than the pool. */
	private final boolean watched;

	/**
	 * What the slot is for, once known: a waiting thread or an unstarted green thread.
	 */
	private volatile @Nullable Object taker;

	/** Written by the thread that gives the slot, before HELD. */
	private long heldAt;

	/** Written by the thread that moved the state to STARTING. */
	private volatile @Nullable Thread starter;

	/**
	 * Whether a thread has entered the pool with this slot; written before the slot is
	 * handed out.
	 */
	private boolean entered;

	/** Confined to the starter: the task has ended while it was being started. */
	private boolean leftOver;

	/**
	 * Creates a place that is not in line yet.
	 * @param watched whether the task's failure is observed by someone other than the
	 * pool
	 */
	PoolSlot(GreenPool pool, boolean watched) {
		this.pool = pool;
		this.watched = watched;
		this.askedAt = pool.reports().now();
	}

	/**
	 * Takes a slot. Called by the thread that has one to give.
	 * @return whether the slot was taken; if not, it still belongs to the caller
	 */
	boolean accept() {
		this.heldAt = this.pool.reports().now();
		if (!STATE.compareAndSet(this, WAITING, HELD)) {
			return false;
		}
		this.pool.reports().started(this.heldAt - this.askedAt);
		return switch (this.taker) {
			case Thread thread -> {
				Parking.unpark(thread);
				yield true;
			}
			case GreenThread<?> task -> {
				Throwable failure = begin(task);
				if (failure != null) {
					// A thread that ended before does not affect it.
					this.pool.unobserved(task, failure);
				}
				yield !this.leftOver;
			}
			case null, default -> true;
		};
	}

	/**
	 * Starts the task in the slot, unless another thread does. A task that cannot be
	 * started ends on this thread, inside this method. Its slot is then left over rather
	 * than handed on from within, so that a line of such tasks does not nest.
	 * @return why the task cannot be started, or {@code null} if it can
	 */
	private @Nullable Throwable begin(GreenThread<?> task) {
		if (!STATE.compareAndSet(this, HELD, STARTING)) {
			return null;
		}
		this.starter = Thread.currentThread();
		try {
			if (this.pool.isKilled()) {
				throw task.reject(this.pool.reports().closed());
			}
			task.start();
		}
		catch (Throwable failure) {
			// A task whose start could not even be attempted has not ended yet.
			return task.reject(failure);
		}
		finally {
			this.starter = null;
			STATE.compareAndSet(this, STARTING, RUNNING);
		}
		if (this.pool.isKilled()) {
			// The killer may have looked for tasks before this one was there.
			task.killAsTask();
		}
		return null;
	}

	@Override
	public boolean starting() {
		return this.state == STARTING;
	}

	boolean isOf(GreenPool candidate) {
		return this.pool == candidate;
	}

	boolean isIn(GreenPool candidate) {
		int seen = this.state;
		return this.pool == candidate && (seen == HELD || seen == STARTING || seen == RUNNING);
	}

	@Override
	public boolean claimKill() {
		return KILLED.compareAndSet(this, false, true);
	}

	/** Kills the task, if one waits here. */
	void killWaiting() {
		if (this.taker instanceof GreenThread<?> task) {
			task.killAsTask();
		}
	}

	@Override
	public void taskEnded(@Nullable Throwable failure) {
		try {
			boolean byPool = this.killed || this.state == REJECTED;
			this.pool.ends().taskEnded((this.watched || byPool) ? null : failure);
		}
		finally {
			giveUp();
		}
	}

	/** Leaves the line or returns the slot. Idempotent. */
	void giveUp() {
		StackRoom.checkReturn();
		switch ((int) STATE.getAndSet(this, GONE)) {
			case WAITING -> this.pool.leave(this);
			case HELD, RUNNING -> release();
			case STARTING -> {
				if (this.starter == Thread.currentThread()) {
					this.leftOver = true;
					this.pool.reports().ended(this.heldAt);
				}
				else {
					release();
				}
			}
			default -> {
			}
		}
	}

	private void release() {
		try {
			if (this.entered && this.taker instanceof Thread thread) {
				this.pool.entered().remove(thread);
			}
			this.pool.reports().ended(this.heldAt);
		}
		finally {
			this.pool.handOn();
		}
	}

	/**
	 * Ends the wait for this place. Called by the thread that took the place out of the
	 * line.
	 */
	void reject() {
		if (STATE.compareAndSet(this, WAITING, REJECTED)) {
			switch (this.taker) {
				case Thread thread -> Parking.unpark(thread);
				case GreenThread<?> task -> task.kill(this.pool.reports().closed());
				case null, default -> {
				}
			}
		}
	}

	@Override
	public boolean isReady() {
		return this.state != WAITING;
	}

	@Override
	public void close() {
		giveUp();
	}

	@Override
	public void cancel() {
		StackRoom.checkReturn();
		if (USED.compareAndSet(this, false, true)) {
			giveUp();
		}
	}

	@Override
	public Slot await(Duration limit) throws InterruptedException {
		long nanos = Limits.nanos(limit, "limit");
		StackRoom.checkReturn();
		use();
		if (!awaitHeld(nanos)) {
			throw this.pool.reports().late(limit);
		}
		try {
			this.pool.entered().add(Thread.currentThread());
			this.entered = true;
		}
		catch (Throwable failure) {
			giveUp();
			throw failure;
		}
		return this;
	}

	@Override
	public <T> GreenThread<T> start(Callable<? extends T> body) {
		Objects.requireNonNull(body, "body");
		StackRoom.check();
		use();
		return startNow(body);
	}

	private void use() {
		if (!USED.compareAndSet(this, false, true)) {
			throw new IllegalStateException("A reservation in pool '" + this.pool.name()
					+ "' was used or cancelled before; reserve once for each thread or task");
		}
	}

	/** Starts the task now or, if the place is still in line, when its turn comes. */
	<T> GreenThread<T> startNow(Callable<? extends T> body) {
		return startNow(body, null, null);
	}

	/**
	 * Starts the task as {@link #startNow(Callable)} does.
	 * @param whenEnded the callback at its end, linked before it can have ended
	 * @param beside the thread to make it a sibling of; {@code null} for a child of the
	 * caller
	 */
	<T> GreenThread<T> startNow(Callable<? extends T> body, @Nullable Consumer<? super GreenThread<T>> whenEnded,
			@Nullable GreenThread<?> beside) {
		GreenThread<T> task = task(body, whenEnded, beside);
		this.taker = task;
		switch (this.state) {
			// A thread that gave the slot may not have seen the task.
			case HELD -> {
				Throwable failure = begin(task);
				if (this.leftOver) {
					this.pool.handOn();
				}
				if (failure != null) {
					throw Failures.rethrow(failure);
				}
			}
			case REJECTED -> throw this.pool.reports().closed();
			default -> {
			}
		}
		return task;
	}

	/** Creates the task. Capturing its context may fail. */
	private <T> GreenThread<T> task(Callable<? extends T> body, @Nullable Consumer<? super GreenThread<T>> whenEnded,
			@Nullable GreenThread<?> beside) {
		try {
			GreenThread<T> task = this.pool.task(body, this, beside);
			if (whenEnded != null) {
				task.link(whenEnded);
			}
			return task;
		}
		catch (Throwable failure) {
			giveUp();
			throw failure;
		}
	}

	/** Waits in line; a wait that ends early leaves nothing behind. */
	boolean awaitHeld(long nanos) throws InterruptedException {
		try {
			return awaitHeldOrFail(nanos);
		}
		catch (Throwable failure) {
			giveUp();
			throw failure;
		}
	}

	private boolean awaitHeldOrFail(long nanos) throws InterruptedException {
		if (this.state == WAITING) {
			this.pool.checkMayWait();
		}
		long start = Parking.nanoTime();
		this.taker = Thread.currentThread();
		while (this.state == WAITING) {
			if (Thread.interrupted()) {
				throw new InterruptedException();
			}
			if (nanos == Long.MAX_VALUE) {
				Parking.park(this.pool);
				continue;
			}
			long left = nanos - (Parking.nanoTime() - start);
			if (left > 0) {
				Parking.parkNanos(this.pool, left);
			}
			else if (STATE.compareAndSet(this, WAITING, GONE)) {
				this.pool.leave(this);
				return false;
			}
		}
		if (this.state == REJECTED) {
			throw this.pool.reports().closed();
		}
		return true;
	}

	@Override
	public String toString() {
		String what = switch (this.state) {
			case WAITING -> "waiting";
			case GONE, REJECTED -> "gone";
			default -> "held";
		};
		return "Place[" + this.pool.name() + ", " + what + "]";
	}

}
