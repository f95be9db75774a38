package io.greenroom.deferred;

/** When a {@link Oneway} call is submitted that is made in a transaction. */
public enum OnewayPhase {

	/** At once, whatever becomes of the transaction. */
	AT_ONCE,

	/**
	 * When the transaction commits, and never when it rolls back, or the savepoint it was
	 * called in does.
	 */
	AFTER_COMMIT

}
