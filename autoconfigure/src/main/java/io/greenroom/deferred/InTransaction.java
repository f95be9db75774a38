package io.greenroom.deferred;

/**
 * What happens to a call that waits for its result while its caller is in a transaction.
 * The body runs outside that transaction, so it may wait for rows that the caller has
 * locked, while the caller waits for the body. It also decides what happens to a move of
 * a state machine that is requested in a transaction, and that is not undone by a
 * rollback.
 */
public enum InTransaction {

	/**
	 * The call is rejected with a {@link DeferredTransactionException}, the move with an
	 * {@link IllegalStateException}.
	 */
	FAIL,

	/** The call is made, and each place in the code that does so is logged once. */
	WARN,

	/** The call is made. */
	ALLOW

}
