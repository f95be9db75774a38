package io.greenroom.deferred.internal;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * A thread that holds a handler waits for a call of another one, or for room in its
 * mailbox: an edge of the wait-for graph.
 */
final class Wait implements Call.Detour {

	private final HandlerCore on;

	private final Call call;

	/** Whether the call is not in the mailbox yet, for which there is no room. */
	private final boolean forRoom;

	private final Thread thread = Thread.currentThread();

	/** A call of the same chain that the waiting thread is to run itself. */
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
	 * Returns whether it is room that is waited for. That comes with any call that is
	 * taken out, and not with the end of one that runs.
	 */
	boolean isForRoom() {
		return this.forRoom;
	}

	/** Returns whether the wait is over, though the thread may not have seen it yet. */
	boolean isOver() {
		return this.forRoom ? !this.call.isPending() : this.call.isDone();
	}

	/** Has the thread look whether it still has reason to wait. */
	void wake() {
		LockSupport.unpark(this.thread);
	}

	/** Has the waiting thread run a call of a handler it holds. */
	void runNested(Call call) {
		this.nested.set(call);
		LockSupport.unpark(this.thread);
	}

	/** Returns whether there is a call to be run by the waiting thread. */
	boolean hasNested() {
		return this.nested.get() != null;
	}

	/** Returns the call to be run by the waiting thread, once. */
	@Override
	public @Nullable Call takeNested() {
		return (this.nested.get() != null) ? this.nested.getAndSet(null) : null;
	}

}
