package io.greenroom.deferred;

/** Who runs the bodies of a handler. */
public enum Execution {

	/** The handler's own green thread, or the thread that processes it. */
	OWNER,

	/**
	 * A caller that waits for its result runs its own call itself, on its own thread,
	 * while nothing is queued and the handler waits at a processing point; the switch to
	 * the owner and back is saved. It never runs another caller's call.
	 * <p>
	 * Everything else goes to the owner as ever: oneway and future-returning calls,
	 * read-only ones, calls with a timeout of their own or made within one, calls made in
	 * a transaction or with a resource bound to the thread, and all calls to a handler
	 * that {@linkplain Overflow#DROP_OLDEST drops its oldest}. The handler's own timeout
	 * bounds the wait for the handler, not a body that the caller runs.
	 * <p>
	 * What is carried to bodies elsewhere (logging context, locale, security and so on)
	 * is given back to the caller as it was, whatever the body does. The interrupt flag a
	 * caller comes with is out of the body's sight and set again afterwards; an interrupt
	 * that arrives meanwhile reaches the body, and stays set. Thread locals and scoped
	 * values that nobody carries can't be kept apart: a body sees its caller's, so a
	 * handler that keeps something in a thread local of its own should stay with its
	 * owner.
	 * <p>
	 * A caller whose stack is so full that it overflows within the call itself, not in a
	 * body, can leave the handler stuck; its callers then get their timeouts.
	 */
	CALLER_WHEN_IDLE

}
