package io.greenroom.deferred.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import io.greenroom.green.Parking;
import io.greenroom.green.internal.Idle;
import io.greenroom.green.internal.Turn;
import io.greenroom.green.internal.Turns;
import io.greenroom.green.internal.Waits;
import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/**
 * The calls that wait for one handler. Many callers put, and one processor takes.
 * <p>
 * Callers push onto a lock-free stack. The processor takes the whole stack at once,
 * reverses it and appends it to its own line. It takes calls from the line in order, or
 * out of order if a filter says so. The top of the stack is also where both sides learn
 * of each other. {@link #IDLE} says that the processor sleeps, and the thread that
 * replaces this mark wakes it. {@link #CLOSED} says that nothing more is taken. So an
 * accepted call is neither overlooked by a processor that goes to sleep nor left behind
 * by one that closes. A third mark, {@link #UNATTENDED}, says that there is no processor:
 * nothing is accepted before one has been started.
 * <p>
 * {@link MailboxCapacity} is counted separately. A withdrawn call keeps its room until
 * the processor skips it, so that callers that give up on a stuck handler do not fill the
 * memory.
 */
class Mailbox implements Idle {

	private static final Call IDLE = new Mark();

	private static final Call CLOSED = new Mark();

	private static final Call UNATTENDED = new Mark();

	/** How many urgent calls may run in a row while an ordinary one waits. */
	private static final int URGENT_IN_A_ROW = 8;

	/** How many oneway calls, gathered at once, count as a flood. */
	private static final int FLOOD = 16;

	/**
	 * How often the processor looks for more of a flood before it sleeps: for about as
	 * long as going to sleep and being woken takes. On one core no call can come
	 * meanwhile.
	 */
	private static final int SPINS = (Runtime.getRuntime().availableProcessors() > 1) ? 64 : 0;

	private static final VarHandle TOP;
	static {
		try {
			TOP = MethodHandles.lookup().findVarHandle(MailboxWords.class, "top", Call.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** Starts a processor if there is none; returns whether there is one then. */
	private final BooleanSupplier starter;

	private final LongSupplier time;

	private final MailboxWords words = new MailboxWords();

	private final MailboxCapacity room;

	/**
	 * The processor; written by it before it reads any flag that is set before
	 * {@link #wake}.
	 */
	volatile @Nullable Thread processor;

	/** The calls that were gathered and not yet taken. */
	private final CallFifo line = new CallFifo();

	/** The urgent ones among them; {@code null} if the handler has no urgent methods. */
	private final @Nullable CallFifo urgent;

	/**
	 * How many urgent calls were taken in a row while an ordinary one waited; confined to
	 * the processor.
	 */
	private int urgentInRow;

	/**
	 * Whether the last gathered calls were a flood. Only a hint, so a race does no harm.
	 */
	private boolean flooded;

	/**
	 * Creates an empty mailbox without a processor.
	 * @param time the handler's time, in nanoseconds
	 */
	Mailbox(int capacity, boolean urgent, BooleanSupplier starter, LongSupplier time) {
		this.room = new MailboxCapacity(capacity, this.words, time);
		this.starter = starter;
		this.time = time;
		this.urgent = urgent ? new CallFifo() : null;
	}

	int capacity() {
		return this.room.capacity();
	}

	/** Returns the handler's time, in nanoseconds. */
	final long now() {
		return this.time.getAsLong();
	}

	/** Returns how many calls were accepted and have not been taken or skipped. */
	int size() {
		return this.room.taken();
	}

	/** Takes room for one call if there is any that no waiting caller is entitled to. */
	boolean tryReserve() {
		return this.room.tryTake();
	}

	/**
	 * Waits for room up to the limit; returns whether it was taken. Stops waiting when
	 * the call is rejected, its outcome is decided elsewhere, or there is something else
	 * to do.
	 */
	boolean reserve(long nanos, Call call, BooleanSupplier rejected, @Nullable BooleanSupplier elsewhere)
			throws InterruptedException {
		return this.room.await(nanos, call, rejected, elsewhere);
	}

	/**
	 * Wakes all threads that wait for room, to check whether they may still wait. May be
	 * called by any thread.
	 */
	void wakeWaiting() {
		this.room.wakeAll();
	}

	/** Gives back the room of a call that will not be pushed. */
	final void unreserve() {
		this.room.giveBack();
	}

	/** Adds a call that has room; returns whether it was accepted. */
	boolean push(Call call) {
		while (true) {
			Call seen = this.words.top;
			if (seen == CLOSED) {
				this.room.giveBack();
				return false;
			}
			if (seen == UNATTENDED) {
				boolean started = false;
				try {
					started = this.starter.getAsBoolean();
				}
				finally {
					if (!started) {
						this.room.giveBack();
					}
				}
				if (!started) {
					return false;
				}
				continue;
			}
			boolean first = (seen == null || seen == IDLE);
			call.next = first ? null : seen;
			if (first && call.submitted == Call.NO_TIME) {
				call.submitted = this.time.getAsLong();
			}
			if (TOP.compareAndSet(this.words, seen, call)) {
				if (seen == IDLE || isAsleepInTurn()) {
					Parking.unpark(this.processor);
				}
				return true;
			}
		}
	}

	/**
	 * Returns whether the processor is a thread of a worker and has not gone on yet. Who
	 * has replaced the mark wakes it, but if that is a thread outside of the worker it
	 * may take a while, and the worker's time would jump meanwhile.
	 */
	private boolean isAsleepInTurn() {
		if (!Turns.areInUse()) {
			return false;
		}
		Turn turn = Turns.of(this.processor);
		return turn != null && turn.blocker() == this;
	}

	/**
	 * Returns whether the processor sleeps and has seen everything that was pushed.
	 */
	boolean isSlept() {
		return this.words.top == IDLE;
	}

	/** Returns whether nothing is queued, if the processor sleeps or is about to. */
	boolean isEmpty() {
		Call seen = this.words.top;
		return (seen == IDLE || seen == null) && isLineEmpty();
	}

	/**
	 * Returns a number that changes with each call that comes into the line. Other
	 * threads see the current value once the processor sleeps or has gone.
	 */
	int taken() {
		return this.words.lastOrder;
	}

	boolean isClosed() {
		return this.words.top == CLOSED;
	}

	/** Processor: sets the thread to wake from now on. */
	void attend(Thread thread) {
		this.processor = thread;
	}

	/** Processor: takes the next call in order, or {@code null} if there is none now. */
	@Nullable Call take() {
		if (this.urgent != null) {
			return take(Mailbox::any, gather());
		}
		Call first = this.line.poll();
		if (first == null) {
			gather();
			first = this.line.poll();
		}
		return taken(first);
	}

	/**
	 * Processor: takes the first call that matches, among those up to the given place.
	 * The others keep their places.
	 */
	@Nullable Call take(Predicate<Call> filter, int upTo) {
		CallFifo urgentLine = this.urgent;
		return taken((urgentLine != null) ? byUrgency(urgentLine, filter, upTo) : this.line.poll(filter, upTo));
	}

	private static boolean any(Call call) {
		return true;
	}

	private @Nullable Call byUrgency(CallFifo urgentLine, Predicate<Call> filter, int upTo) {
		boolean ordinaryWaits = this.line.has(filter, upTo);
		if (!ordinaryWaits || this.urgentInRow < URGENT_IN_A_ROW) {
			Call call = urgentLine.poll(filter, upTo);
			if (call != null) {
				if (call.isPending()) {
					this.urgentInRow = ordinaryWaits ? this.urgentInRow + 1 : 0;
				}
				return call;
			}
		}
		Call call = this.line.poll(filter, upTo);
		if (call != null && call.isPending()) {
			this.urgentInRow = 0;
		}
		return call;
	}

	private @Nullable Call taken(@Nullable Call call) {
		if (call != null) {
			this.room.give();
		}
		return call;
	}

	/**
	 * Takes out the first call of the lines that matches or is over. Its room stays
	 * taken.
	 */
	final @Nullable Call pollLines(Predicate<Call> filter) {
		Call call = this.line.poll(filter, this.words.lastOrder);
		return (call == null && this.urgent != null) ? this.urgent.poll(filter, this.words.lastOrder) : call;
	}

	/**
	 * Processor: brings everything that has arrived into the line; returns the last place
	 * in it.
	 */
	int gather() {
		Call seen = this.words.top;
		// Not a plain exchange: a closed mailbox must stay closed.
		while (seen != null && seen != CLOSED && seen != UNATTENDED && !TOP.compareAndSet(this.words, seen, null)) {
			seen = this.words.top;
		}
		if (seen != null && !isMark(seen)) {
			append(seen);
		}
		return this.words.lastOrder;
	}

	private static boolean isMark(Call call) {
		return call == IDLE || call == CLOSED || call == UNATTENDED;
	}

	private void append(Call newest) {
		Call stack = newest;
		@Nullable Call first = null;
		while (stack != null) {
			Call below = stack.next;
			stack.next = first;
			first = stack;
			stack = below;
		}
		Call oldest = Objects.requireNonNull(first);
		int before = this.words.lastOrder;
		for (Call call = first; call != null; call = call.next) {
			call.order = ++this.words.lastOrder;
			if (call.submitted == Call.NO_TIME) {
				// No older than the oldest of those that have come meanwhile.
				call.submitted = oldest.submitted;
			}
		}
		this.flooded = (this.words.lastOrder - before >= FLOOD && newest.mode() == CallMode.ONEWAY);
		if (this.urgent == null) {
			this.line.add(oldest, newest);
		}
		else {
			sort(first, this.urgent);
		}
	}

	private void sort(@Nullable Call first, CallFifo urgentLine) {
		while (first != null) {
			Call behind = first.next;
			first.next = null;
			(first.isUrgent() ? urgentLine : this.line).add(first, first);
			first = behind;
		}
	}

	private boolean isLineEmpty() {
		return this.line.isEmpty() && (this.urgent == null || this.urgent.isEmpty());
	}

	/**
	 * Processor: sleeps until something arrives, {@link #wake} is called, the time is
	 * over or the thread is interrupted. Returns whether something arrived; may return
	 * {@code false} spuriously.
	 */
	boolean sleep(long nanos) {
		return sleep(nanos, () -> true);
	}

	/**
	 * Processor: sleeps as {@link #sleep(long)} does, if there is a reason to. The reason
	 * is checked when nothing that is pushed from then on can be missed.
	 */
	boolean sleep(long nanos, BooleanSupplier reason) {
		if (this.flooded && comesMore()) {
			return true;
		}
		// A caller that has just been answered often calls again at once.
		Waits.giveWay();
		if (!fallAsleep(nanos, reason)) {
			return true;
		}
		return !TOP.compareAndSet(this.words, IDLE, null);
	}

	/** Processor: looks for more calls from callers on other cores that make many. */
	private boolean comesMore() {
		this.flooded = false;
		for (int i = 0; i < SPINS; i++) {
			Thread.onSpinWait();
		}
		return this.words.top != null;
	}

	/**
	 * Processor: sleeps as {@link #sleep(long)} does, and lets callers run their own
	 * calls meanwhile.
	 */
	boolean sleep(long nanos, Lender lender) {
		lender.offer();
		Waits.giveWay();
		boolean slept = fallAsleep(nanos, () -> true);
		// Before the signal is removed, because a thread woken then must be able to go
		// on.
		lender.takeBack();
		return !slept || !TOP.compareAndSet(this.words, IDLE, null);
	}

	/** Returns whether the processor has slept, so that the signal must be removed. */
	private boolean fallAsleep(long nanos, BooleanSupplier reason) {
		if (this.words.top != null || !TOP.compareAndSet(this.words, null, IDLE)) {
			// A processor that came by itself serves as well as one that was started.
			haveAttended();
			return false;
		}
		// A caller that began to wait for room when the last call was taken may not have
		// been seen then.
		this.room.wakeFirst();
		if (reason.getAsBoolean()) {
			if (nanos == Long.MAX_VALUE) {
				Parking.park(this);
			}
			else {
				Parking.parkNanos(this, nanos);
			}
		}
		return true;
	}

	/**
	 * Wakes the processor if it sleeps, or keeps it from going to sleep once. May be
	 * called by any thread.
	 */
	void wake() {
		Parking.unpark(this.processor);
	}

	/**
	 * Processor: leaves if nothing has arrived and no room is reserved for a call to
	 * come. Nothing is accepted until there is another processor.
	 */
	boolean leaveUnattended() {
		if (!isLineEmpty() || !TOP.compareAndSet(this.words, null, UNATTENDED)) {
			return false;
		}
		// Only now, so that a thread that takes room either is seen here or sees the
		// mark.
		if (size() > 0) {
			attended();
			return false;
		}
		this.processor = null;
		return true;
	}

	/**
	 * Marks the mailbox as unattended if it has long had no processor, nothing is queued
	 * and no room is reserved for a call to come. May be called by any thread.
	 */
	boolean leaveUnused() {
		if (size() > 0 || !TOP.compareAndSet(this.words, null, UNATTENDED)) {
			return false;
		}
		if (size() > 0) {
			attended();
			return false;
		}
		return true;
	}

	/** Starts a processor if there is none; returns whether there is one then. */
	boolean haveAttended() {
		return this.words.top != UNATTENDED || this.starter.getAsBoolean();
	}

	/** Notes that there is a processor again, or soon will be. */
	void attended() {
		TOP.compareAndSet(this.words, UNATTENDED, null);
	}

	/** Processor: closes if nothing has arrived. Afterwards no call is accepted. */
	boolean closeIfEmpty() {
		return isLineEmpty() && (TOP.compareAndSet(this.words, null, CLOSED) || isClosed());
	}

	/**
	 * Closes at once, whatever has arrived, and passes every call that was left to the
	 * consumer; some may no longer be pending. May be called by any thread. A processor
	 * that is in the middle of taking must check for itself what it then has.
	 */
	void close(Consumer<Call> left) {
		Call stack = (Call) TOP.getAndSet(this.words, CLOSED);
		if (stack != null && isMark(stack)) {
			stack = null;
		}
		if (this.urgent != null) {
			this.urgent.forEach(left);
		}
		this.line.forEach(left);
		Call oldestFirst = null;
		while (stack != null) {
			Call below = stack.next;
			stack.next = oldestFirst;
			oldestFirst = stack;
			stack = below;
		}
		for (Call call = oldestFirst; call != null; call = call.next) {
			left.accept(call);
		}
		this.room.wakeAll();
	}

	/** Returns how long the call that has waited longest has waited. */
	Duration oldestAge() {
		Call oldest = oldest();
		return (oldest != null && oldest.isPending()) ? oldest.age(now()) : Duration.ZERO;
	}

	/** Returns the call that has waited longest, as far as can be seen from outside. */
	private @Nullable Call oldest() {
		Call first = this.line.first();
		if (first != null) {
			return first;
		}
		Call call = this.words.top;
		if (call == null || isMark(call)) {
			return null;
		}
		for (int i = 0; call != null && call.next != null && i < capacity(); i++) {
			call = call.next;
		}
		return call;
	}

	/**
	 * Passes the queued calls to a consumer, urgent ones first and then in their order,
	 * as far as can be seen from outside. They are exact while the processor does not
	 * take any.
	 */
	void forEachQueued(Consumer<Call> consumer) {
		if (this.urgent != null) {
			this.urgent.forEach(consumer);
		}
		this.line.forEach(consumer);
		Deque<Call> arrived = new ArrayDeque<>();
		Call call = this.words.top;
		if (call != null && !isMark(call)) {
			for (int i = 0; call != null && i < capacity(); i++) {
				arrived.addFirst(call);
				call = call.next;
			}
		}
		arrived.forEach(consumer);
	}

	@Override
	public String toString() {
		return "a call that it may run (" + size() + " are queued)";
	}

	/** Lets callers run their own calls while the processor sleeps. */
	interface Lender {

		/** Processor: lets callers have the handler. */
		void offer();

		/** Processor: has the handler to itself again, once no caller has it. */
		void takeBack();

	}

	/** A mark on the stack; never run. */
	private static final class Mark extends Call {

		Mark() {
			super(CallMode.ONEWAY);
		}

		@Override
		Object invoke() {
			throw new IllegalStateException("A mark is no call");
		}

		@Override
		void runAsNested() {
			invoke();
		}

		@Override
		String method() {
			return "";
		}

		@Override
		void clear() {
		}

	}

}
