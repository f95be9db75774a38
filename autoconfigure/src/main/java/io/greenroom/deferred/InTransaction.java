package io.greenroom.deferred;

/**
 * What happens to a call that waits for its result while its caller is in a transaction.
 * The body runs outside that transaction, so it may wait for rows the caller has locked,
 * while the caller waits for the body. Likewise what happens to a move of a state machine
 * that is asked for in a transaction, and stays made if that rolls back.
 */
public enum InTransaction {

	/**
	 * The call is rejected with a {@link DeferredTransactionException}, the move with an
	 * {@link IllegalStateException}.
	 */
	FAIL,

	/** The call is made; each place that does so is named in the log once. */
	WARN,

	/** The call is made. */
	ALLOW

}
