package io.greenroom.deferred.internal;

import io.greenroom.deferred.Execution;
import io.greenroom.deferred.InTransaction;

/**
 * What a handler wants to know of the transactions its callers are in. There are none in
 * the core; an integration that has some says so here. Implementations must be safe for
 * use by many threads, and quick: {@link #isActive()} is on the way of calls.
 */
public interface CallerTransactions {

	/** Nobody is ever in a transaction. */
	CallerTransactions NONE = new CallerTransactions() {

		@Override
		public boolean isActive() {
			return false;
		}

		@Override
		public void atEnd(ReservedCall call) {
			throw new IllegalStateException("There are no transactions here, so none ends");
		}

	};

	/**
	 * Returns whether the calling thread is in a transaction whose end is still to come.
	 * @return whether there is an end to wait for
	 */
	boolean isActive();

	/**
	 * Takes a call that is to be {@linkplain ReservedCall#submit() submitted} when the
	 * transaction of the calling thread commits, and {@linkplain ReservedCall#giveBack()
	 * given back} when it, or the savepoint that the thread is in now, rolls back. Called
	 * only while {@link #isActive()}. What it throws reaches the caller, and the call is
	 * not made.
	 * @param call the call, with its room
	 */
	void atEnd(ReservedCall call);

	/**
	 * Returns whether something belongs to the calling thread that no body of another
	 * call may meet, and that the scheduler's context carrier does not carry. Where
	 * {@linkplain Execution#CALLER_WHEN_IDLE callers run their own calls}, such a call
	 * goes to the handler's owner.
	 * @return whether no body may run on the calling thread
	 */
	default boolean isBound() {
		return isActive();
	}

	/**
	 * Returns what happens to calls that wait for their result in a transaction.
	 * @return the rule
	 */
	default InTransaction syncCalls() {
		return InTransaction.ALLOW;
	}

	/**
	 * Returns what more the calling thread should know of the transaction it is in when
	 * that troubles a call. Asked for messages only.
	 * @return the end of a sentence, such as "; the transaction is …", or nothing
	 */
	default String remark() {
		return "";
	}

}
