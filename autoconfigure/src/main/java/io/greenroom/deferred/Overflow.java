package io.greenroom.deferred;

/** What happens to a call when the mailbox of its handler is full. */
public enum Overflow {

	/**
	 * The caller waits for room: a sync call until its time is over, any other at most
	 * the handler's timeout. The handler itself never waits for its own room; it is
	 * rejected.
	 */
	BLOCK,

	/** The caller gets a {@link MailboxFullException} at once. */
	REJECT,

	/**
	 * A oneway call takes the place of the oldest oneway call that waits, which is
	 * dropped and counted; it goes to the end of the line itself. For news that the
	 * latest outdates. Calls that somebody waits for are never dropped, and wait for room
	 * as with {@link #BLOCK}.
	 */
	DROP_OLDEST,

	/**
	 * A oneway call for which there is no room is dropped and counted. Calls that
	 * somebody waits for wait for room as with {@link #BLOCK}.
	 */
	DROP_NEWEST

}
