package io.greenroom.deferred;

/** When a {@link Oneway} call that is made in a transaction is submitted. */
public enum OnewayPhase {

	/** At once, regardless of how the transaction ends. */
	AT_ONCE,

	/**
	 * When the transaction commits. Never if the transaction, or the savepoint that the
	 * call was made in, rolls back.
	 */
	AFTER_COMMIT

}
