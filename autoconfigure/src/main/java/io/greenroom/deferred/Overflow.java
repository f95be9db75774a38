package io.greenroom.deferred;

/** What happens to a call when the mailbox of its handler is full. */
public enum Overflow {

	/**
	 * The caller waits for room: a sync call until its time is over, any other call up to
	 * the handler's timeout. The handler itself never waits for room in its own mailbox;
	 * its call is rejected.
	 */
	BLOCK,

	/** The caller gets a {@link MailboxFullException} at once. */
	REJECT,

	/**
	 * A oneway call replaces the oldest waiting oneway call, which is dropped and
	 * counted. The new call goes to the end of the line. Suitable for updates that make
	 * earlier ones obsolete. Calls that a caller waits for are never dropped, and wait
	 * for room as with {@link #BLOCK}.
	 */
	DROP_OLDEST,

	/**
	 * A oneway call for which there is no room is dropped and counted. Calls that a
	 * caller waits for wait for room as with {@link #BLOCK}.
	 */
	DROP_NEWEST

}
