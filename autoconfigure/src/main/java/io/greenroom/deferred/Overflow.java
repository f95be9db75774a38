package io.greenroom.deferred;

/** What happens to a call when the mailbox of its handler is full. */
public enum Overflow {

	/**
	 * The caller waits for room: a sync call until its time is over, any other at most
	 * the handler's timeout. The handler itself never waits for its own room; it is
	 * refused.
	 */
	BLOCK,

	/** The caller gets a {@link MailboxFullException} at once. */
	REJECT

}
