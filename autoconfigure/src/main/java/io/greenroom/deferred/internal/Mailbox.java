package io.greenroom.deferred.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/**
 * The calls that wait for one handler: many callers put, one processor takes.
 * <p>
 * Callers push onto a lock-free stack; the processor takes the whole stack at once, turns
 * it round and appends it to a line of its own, from which it takes in order, or out of
 * order where a filter says so. The top of the stack is also where both sides learn of
 * each other: {@link #IDLE} says that the processor sleeps (the thread that replaces it
 * wakes it), and {@link #CLOSED} that nothing more is taken. So an accepted call can
 * neither be overlooked by a processor that goes to sleep nor slip in behind one that
 * closes. A third mark, {@link #UNATTENDED}, says that there is no processor: nothing is
 * accepted before somebody has started one.
 * <p>
 * {@link MailboxCapacity} is counted apart. A withdrawn call keeps its room until the
 * processor passes it by: callers who give up on a stuck handler must not fill the
 * memory.
 */
class Mailbox {

	private static final Call IDLE = new Mark();

	private static final Call CLOSED = new Mark();

	private static final Call UNATTENDED = new Mark();

	/** How many urgent calls may run in a row while an ordinary one waits. */
	private static final int URGENT_IN_A_ROW = 8;

	/** How many oneway calls that are gathered at once make a flood. */
	private static final int FLOOD = 16;

	/**
	 * How long the processor looks out for more of a flood before it sleeps: about as
	 * long as going to sleep and being woken takes. On one core nobody can come
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

	/** Starts a processor where there is none; returns whether there is one then. */
	private final BooleanSupplier starter;

	private final MailboxWords words = new MailboxWords();

	private final MailboxCapacity room;

	/**
	 * The processor; written by it before it looks at any flag that {@link #wake} goes
	 * with.
	 */
	volatile @Nullable Thread processor;

	/** What has been gathered and not been taken. */
	private final CallFifo line = new CallFifo();

	/** The urgent calls among that; nothing where the handler has no urgent methods. */
	private final @Nullable CallFifo urgent;

	/**
	 * How many urgent calls were taken in a row while an ordinary one waited; confined to
	 * the processor.
	 */
	private int urgentInRow;

	/** Whether what was gathered last was a flood; a hint, so of no thread's own. */
	private boolean flooded;

	Mailbox(int capacity, boolean urgent, BooleanSupplier starter) {
		this.room = new MailboxCapacity(capacity, this.words);
		this.starter = starter;
		this.urgent = urgent ? new CallFifo() : null;
	}

	int capacity() {
		return this.room.capacity();
	}

	/** Returns how many calls were accepted and have not been taken or passed by. */
	int size() {
		return this.room.taken();
	}

	/** Takes room for one call if there is any that nobody waits for. */
	boolean tryReserve() {
		return this.room.tryTake();
	}

	/**
	 * Waits for room up to the limit; returns whether it was taken. Stops waiting when
	 * the call is rejected, others have decided what becomes of it, or something else is
	 * to be done.
	 */
	boolean reserve(long nanos, Call call, BooleanSupplier rejected, @Nullable BooleanSupplier elsewhere)
			throws InterruptedException {
		return this.room.await(nanos, call, rejected, elsewhere);
	}

	/** Has all who wait for room look whether they may. Anybody may. */
	void wakeWaiting() {
		this.room.wakeAll();
	}

	/** Gives the room of a call back that is not going to be pushed. */
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
				call.submitted = System.nanoTime();
			}
			if (TOP.compareAndSet(this.words, seen, call)) {
				if (seen == IDLE) {
					LockSupport.unpark(this.processor);
				}
				return true;
			}
		}
	}

	/**
	 * Returns whether the processor sleeps, and has seen everything that was pushed.
	 */
	boolean isSlept() {
		return this.words.top == IDLE;
	}

	/** Returns whether nothing is queued, while the processor sleeps or is about to. */
	boolean isEmpty() {
		Call seen = this.words.top;
		return (seen == IDLE || seen == null) && isLineEmpty();
	}

	/**
	 * Returns a number that changes with each call that comes into the line. Seen from
	 * outside it is right when the processor sleeps or has gone.
	 */
	int taken() {
		return this.words.lastOrder;
	}

	boolean isClosed() {
		return this.words.top == CLOSED;
	}

	/** Processor: says which thread is to be woken from now on. */
	void attend(Thread thread) {
		this.processor = thread;
	}

	/** Processor: takes the next call in order, {@code null} when there is none now. */
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
	 * Processor: takes the first call that matches, among those up to the given place;
	 * the others keep theirs.
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
	 * Takes the first call out of the lines that matches or is over; its room stays
	 * taken.
	 */
	final @Nullable Call pollLines(Predicate<Call> filter) {
		Call call = this.line.poll(filter, this.words.lastOrder);
		return (call == null && this.urgent != null) ? this.urgent.poll(filter, this.words.lastOrder) : call;
	}

	/**
	 * Processor: brings all that has arrived into the line; returns the last place in it.
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
				// At most as old as the oldest of those that have come meanwhile.
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
	 * Processor: sleeps until something arrives, somebody calls {@link #wake}, the time
	 * is over or the thread is interrupted. Returns whether something arrived; may return
	 * {@code false} at any time.
	 */
	boolean sleep(long nanos) {
		return sleep(nanos, () -> true);
	}

	/**
	 * Processor: sleeps as {@link #sleep(long)} does, unless there is no reason to: asked
	 * when nothing pushed from then on can be missed.
	 */
	boolean sleep(long nanos, BooleanSupplier reason) {
		if (this.flooded && comesMore()) {
			return true;
		}
		// A caller that has just been answered often calls again within one turn.
		Thread.yield();
		if (!fallAsleep(nanos, reason)) {
			return true;
		}
		return !TOP.compareAndSet(this.words, IDLE, null);
	}

	/** Processor: looks out for more calls of those who make many, on another core. */
	private boolean comesMore() {
		this.flooded = false;
		for (int i = 0; i < SPINS; i++) {
			Thread.onSpinWait();
		}
		return this.words.top != null;
	}

	/** Processor: sleeps likewise, and lets callers run their own calls meanwhile. */
	boolean sleep(long nanos, Lender lender) {
		lender.offer();
		Thread.yield();
		boolean slept = fallAsleep(nanos, () -> true);
		// Before the signal is taken off: who is woken then must be able to go on.
		lender.takeBack();
		return !slept || !TOP.compareAndSet(this.words, IDLE, null);
	}

	/** Returns whether the processor has slept, so that the signal is to be taken off. */
	private boolean fallAsleep(long nanos, BooleanSupplier reason) {
		if (this.words.top != null || !TOP.compareAndSet(this.words, null, IDLE)) {
			// A processor that came by itself is as good as one that was started.
			haveAttended();
			return false;
		}
		// Who has begun to wait for room when the last call was taken may not have been
		// seen then.
		this.room.wakeFirst();
		if (reason.getAsBoolean()) {
			if (nanos == Long.MAX_VALUE) {
				LockSupport.park(this);
			}
			else {
				LockSupport.parkNanos(this, nanos);
			}
		}
		return true;
	}

	/**
	 * Wakes the processor if it sleeps, or keeps it from going to sleep once. Anybody
	 * may.
	 */
	void wake() {
		LockSupport.unpark(this.processor);
	}

	/**
	 * Processor: leaves if nothing has arrived and nobody has room for a call to come;
	 * nothing is accepted till there is another.
	 */
	boolean leaveUnattended() {
		if (!isLineEmpty() || !TOP.compareAndSet(this.words, null, UNATTENDED)) {
			return false;
		}
		// Only now, so that the thread that takes room either is seen here or sees the
		// mark.
		if (size() > 0) {
			attended();
			return false;
		}
		this.processor = null;
		return true;
	}

	/**
	 * Says that there is no processor, where nobody has been one for long, if nothing is
	 * queued and nobody has room for a call to come. Anybody may.
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

	/** Has a processor started if there is none; returns whether there is one then. */
	boolean haveAttended() {
		return this.words.top != UNATTENDED || this.starter.getAsBoolean();
	}

	/** There is a processor again, or soon will be. */
	void attended() {
		TOP.compareAndSet(this.words, UNATTENDED, null);
	}

	/** Processor: closes if nothing has arrived; afterwards no call is accepted. */
	boolean closeIfEmpty() {
		return isLineEmpty() && (TOP.compareAndSet(this.words, null, CLOSED) || isClosed());
	}

	/**
	 * Closes at once, whatever has arrived, and shows every call that was left to the
	 * consumer, some perhaps not pending any more. Anybody may; a processor that is in
	 * the middle of taking must check for itself what it then has.
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

	/** Returns the call that has waited longest, as far as can be seen from outside. */
	@Nullable Call oldest() {
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
