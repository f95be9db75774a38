package io.greenroom.deferred.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import io.greenroom.green.Parking;
import io.greenroom.green.internal.Idle;
import io.greenroom.green.internal.Waits;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lends a handler to callers that run their own calls, while its processor waits for
 * calls.
 * <p>
 * One word says who has the handler: the processor, nobody (it is offered), or one
 * caller. The processor takes it back before it does anything, and waits for a caller
 * that has it. A caller gives it back at once if it finds a queued call, so that no call
 * is overtaken, or if the processor wants it.
 */
final class CallerRuns implements Mailbox.Lender, Idle {

	private static final Logger log = LoggerFactory.getLogger(HandlerLog.NAME);

	/** The result for a caller whose call must be queued. */
	static final Object NOT_LENT = new Object();

	/** Says that the processor keeps the handler. */
	private static final Object KEPT = new Object();

	/**
	 * How long the processor waits for a caller before it looks again, in nanoseconds. A
	 * caller whose stack is full can give the handler back, but perhaps not wake the
	 * processor.
	 */
	private static final long LOOK_AGAIN = 10_000_000;

	private static final VarHandle HOLDER;
	static {
		try {
			HOLDER = MethodHandles.lookup().findVarHandle(CallerRuns.class, "holder", Object.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final HandlerCore handler;

	private final Mailbox mailbox;

	/**
	 * {@link #KEPT}, {@code null} while it is offered, or the {@link Hold} of a caller.
	 */
	private volatile @Nullable Object holder = KEPT;

	/** Whether the processor waits for the handler; written by it. */
	private volatile boolean wanted;

	/** The thread that lends; written before it offers. */
	private @Nullable Thread processor;

	/**
	 * The last caller's hold, for when it comes again. Written by callers that have the
	 * handler and, to forget it, by the inspection. A caller only uses what it has
	 * written itself.
	 */
	private @Nullable Hold last;

	/** How many calls were run by their callers; written by one of them at a time. */
	private int ran;

	CallerRuns(HandlerCore handler, Mailbox mailbox) {
		this.handler = handler;
		this.mailbox = mailbox;
	}

	/** Returns whether it makes sense for a caller to try. */
	boolean isOffered() {
		return this.holder == null;
	}

	/** Returns the hold of the caller that has the handler now. */
	@Nullable Hold held() {
		return (this.holder instanceof Hold held) ? held : null;
	}

	/** Returns whether the current thread is the caller that has the handler. */
	boolean isMine() {
		return this.holder instanceof Hold held && held.thread() == Thread.currentThread();
	}

	/**
	 * Keeps nothing of the last caller, which may have ended. May be called by anybody.
	 */
	void forgetCaller() {
		this.last = null;
	}

	/** Returns how many calls were run by their callers. */
	int ran() {
		return this.ran;
	}

	@Override
	public void offer() {
		this.processor = Thread.currentThread();
		this.holder = null;
	}

	@Override
	public void takeBack() {
		boolean interrupted = false;
		while (!HOLDER.compareAndSet(this, null, KEPT)) {
			this.wanted = true;
			if (HOLDER.compareAndSet(this, null, KEPT)) {
				break;
			}
			Waits.parkToLook(this, LOOK_AGAIN);
			interrupted |= Thread.interrupted();
		}
		this.wanted = false;
		this.processor = null;
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Caller: runs its own call if the handler is available and no call is ahead of it,
	 * and gives the handler back. The end begins with stores to fields, which need no
	 * room on a stack that may be full.
	 * @return the result, or {@link #NOT_LENT} if the call must be queued
	 */
	@Nullable Object run(Call call, CallRunner runner, ContextCarrier carrier) throws Throwable {
		Hold held = Hold.lent(this.handler, call, this.last);
		boolean taken = false;
		boolean entered = false;
		boolean interrupted = false;
		try {
			// Before the call begins, whose interrupts are dropped.
			interrupted = Thread.interrupted();
			taken = HOLDER.compareAndSet(this, null, held);
			if (!taken || this.wanted || !this.mailbox.isEmpty()) {
				return NOT_LENT;
			}
			if (this.last != held && held.isOnly()) {
				this.last = held;
			}
			call.beginOnCaller();
			entered = true;
			held.enter();
			return (carrier == ContextCarrier.NONE) ? runner.runOnCaller(call) : guarded(call, runner, carrier);
		}
		finally {
			if (this.holder == held) {
				Thread waiting = this.processor;
				if (entered) {
					this.ran++;
					if (this.mailbox.processor != waiting) {
						// The body has let further calls in.
						this.mailbox.processor = waiting;
					}
				}
				this.holder = null;
				if (this.wanted || !this.mailbox.isSlept()) {
					Parking.unpark(waiting);
				}
			}
			held.leave();
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public String toString() {
		return "a caller that has " + this.handler.name();
	}

	private static @Nullable Object guarded(Call call, CallRunner runner, ContextCarrier carrier) throws Throwable {
		ContextCarrier.Scope scope = carrier.guard();
		try {
			return runner.runOnCaller(call);
		}
		finally {
			ForeignCode.run(log, "A context carrier, after a body,", scope::close);
		}
	}

}
