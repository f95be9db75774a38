package io.greenroom.deferred.internal;

import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.green.Parking;
import org.jspecify.annotations.Nullable;

/**
 * An edge of the wait-for graph: a thread that holds a handler waits for a call of
 * another handler, or for room in its mailbox.
 */
final class Wait implements Call.Detour {

	private final HandlerCore on;

	private final Call call;

	/** Whether the call is not in the mailbox yet, because there is no room. */
	private final boolean forRoom;

	private final Thread thread = Thread.currentThread();

	/** A call of the same chain that the waiting thread must run itself. */
	private final AtomicReference<@Nullable Call> nested = new AtomicReference<>();

	Wait(HandlerCore on, Call call, boolean forRoom) {
		this.on = on;
		this.call = call;
		this.forRoom = forRoom;
	}

	HandlerCore on() {
		return this.on;
	}

	Call call() {
		return this.call;
	}

	Thread thread() {
		return this.thread;
	}

	/**
	 * Returns whether the thread waits for room. Room comes with any call that is taken
	 * out, not with the end of a running call.
	 */
	boolean isForRoom() {
		return this.forRoom;
	}

	/** Returns whether the wait is over, even if the thread has not seen it yet. */
	boolean isOver() {
		return this.forRoom ? !this.call.isPending() : this.call.isDone();
	}

	/** Has the thread check whether it still has a reason to wait. */
	void wake() {
		Parking.unpark(this.thread);
	}

	/** Has the waiting thread run a call of a handler that it holds. */
	void runNested(Call call) {
		this.nested.set(call);
		Parking.unpark(this.thread);
	}

	/** Returns whether there is a call for the waiting thread to run. */
	boolean hasNested() {
		return this.nested.get() != null;
	}

	/** Returns the call for the waiting thread to run, once. */
	@Override
	public @Nullable Call takeNested() {
		return (this.nested.get() != null) ? this.nested.getAndSet(null) : null;
	}

}
