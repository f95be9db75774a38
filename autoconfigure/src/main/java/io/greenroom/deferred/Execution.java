package io.greenroom.deferred;

/** On which thread the bodies of a handler run. */
public enum Execution {

	/** On the handler's own green thread, all of them. */
	OWNER,

	/**
	 * On the caller's thread where the handler is idle with an empty mailbox, which
	 * spares two switches of a thread; on the handler's own where not. A caller runs its
	 * own call only, and never another's. Oneway calls, calls that return a future, calls
	 * with a timeout of their own and callers whose interrupt flag is set always go to
	 * the handler's thread.
	 * <p>
	 * A body sees the {@link ThreadLocal}s of whoever called, so a handler that keeps
	 * something in one of its own must not use this. A caller can't give up a body that
	 * it runs itself.
	 */
	CALLER_WHEN_IDLE

}
