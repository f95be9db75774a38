package io.greenroom.deferred.internal;

import io.greenroom.deferred.Execution;
import io.greenroom.deferred.InTransaction;

/**
 * What a handler needs to know about the transactions of its callers. The core has no
 * transactions; an integration provides them here. Implementations must be thread-safe
 * and fast, because {@link #isActive()} is on the path of calls.
 */
public interface CallerTransactions {

	/** No caller is ever in a transaction. */
	CallerTransactions NONE = new CallerTransactions() {

		@Override
		public boolean isActive() {
			return false;
		}

		@Override
		public void atEnd(ReservedCall call) {
			throw new IllegalStateException("There are no transactions here, so there is no end to wait for");
		}

	};

	/**
	 * Returns whether the calling thread is in a transaction whose end is still to come.
	 * @return whether there is an end to wait for
	 */
	boolean isActive();

	/**
	 * Registers a call. It must be {@linkplain ReservedCall#submit() submitted} when the
	 * transaction of the calling thread commits, and {@linkplain ReservedCall#giveBack()
	 * given back} when the transaction, or the savepoint that the thread is in now, rolls
	 * back. Called only while {@link #isActive()}. An exception reaches the caller, and
	 * the call is not made.
	 * @param call the call, with its room
	 */
	void atEnd(ReservedCall call);

	/**
	 * Returns whether the calling thread has something bound to it that no body of
	 * another call may see, and that the scheduler's context carrier does not carry. If
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
	 * Returns whether calls that do not wait are guarded as well; always the same.
	 * @return whether {@link #otherCalls()} and {@link #runsHere()} apply; {@code false}
	 * by default
	 */
	default boolean guardsAll() {
		return false;
	}

	/**
	 * Returns what happens to calls that do not wait for their result, nor for the
	 * commit, in a transaction.
	 * @return the rule
	 */
	default InTransaction otherCalls() {
		return InTransaction.ALLOW;
	}

	/**
	 * Returns whether calls of the current thread run at once, on that thread and without
	 * their turn.
	 * @return whether they bypass the mailbox
	 */
	default boolean runsHere() {
		return false;
	}

	/**
	 * Returns what else a message should say about the transaction of the calling thread
	 * when the transaction gets in the way of a call.
	 * @return the end of a sentence, such as "; the transaction is …"; may be empty
	 */
	default String remark() {
		return "";
	}

}
