package io.greenroom.deferred;

/** Who runs the bodies of a handler. */
public enum Execution {

	/** The handler's own green thread, or the thread that processes it. */
	OWNER,

	/**
	 * A caller that waits for its result runs its own call on its own thread, if nothing
	 * is queued and the handler waits at a processing point. This saves the switch to the
	 * owner and back. A caller never runs another caller's call.
	 * <p>
	 * All other calls go to the owner: oneway, future-returning and read-only calls,
	 * calls with a timeout of their own or made within one, calls made in a transaction
	 * or with a resource bound to the thread, and all calls to a handler that
	 * {@linkplain Overflow#DROP_OLDEST drops its oldest}. The handler's own timeout
	 * bounds the wait for the handler, not a body that the caller runs.
	 * <p>
	 * The context that is carried to bodies on other threads (logging context, locale,
	 * security and so on) is restored for the caller, whatever the body does. An
	 * interrupt flag that was set before is hidden from the body and set again
	 * afterwards. An interrupt that arrives meanwhile reaches the body, and stays set.
	 * Thread locals and scoped values that are not carried cannot be separated: a body
	 * sees its caller's. A handler that keeps something in a thread local of its own
	 * should therefore run on its owner.
	 * <p>
	 * A caller whose stack overflows within the call itself, not in a body, can leave the
	 * handler stuck. Its callers then time out.
	 */
	CALLER_WHEN_IDLE

}
