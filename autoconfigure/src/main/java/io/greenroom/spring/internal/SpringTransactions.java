package io.greenroom.spring.internal;

import io.greenroom.deferred.InTransaction;
import io.greenroom.deferred.internal.CallerTransactions;
import io.greenroom.deferred.internal.ReservedCall;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Gives handlers access to the transactions that Spring has bound to their callers'
 * threads.
 */
public final class SpringTransactions implements CallerTransactions {

	private final InTransaction syncCalls;

	/**
	 * Creates the transactions.
	 * @param syncCalls what happens to calls in a transaction that wait for their result
	 */
	public SpringTransactions(InTransaction syncCalls) {
		this.syncCalls = syncCalls;
	}

	@Override
	public InTransaction syncCalls() {
		return this.syncCalls;
	}

	@Override
	public boolean isActive() {
		return AfterCommit.isActive();
	}

	/**
	 * Also true for a single resource, such as the session that an open-in-view
	 * interceptor binds.
	 */
	@Override
	public boolean isBound() {
		return TransactionSynchronizationManager.isSynchronizationActive()
				|| TransactionSynchronizationManager.isActualTransactionActive()
				|| !TransactionSynchronizationManager.getResourceMap().isEmpty();
	}

	/**
	 * A test that rolls its transaction back shows a body nothing that it has written.
	 */
	@Override
	public String remark() {
		String test = TestOwnTransaction.name();
		return (test != null)
				? "; the transaction is the test's own (%s), so no body sees what the test has written, and calls that wait for the commit are never made: remove @Transactional from the test and clean up after it, or end the transaction first with TestTransaction.end()"
					.formatted(test)
				: "";
	}

	@Override
	public void atEnd(ReservedCall call) {
		AfterCommit.add(new Waiting(call));
	}

	/** A call that waits for the commit. */
	private record Waiting(ReservedCall call) implements AfterCommit.Step {

		@Override
		public void take() {
			this.call.submit();
		}

		@Override
		public void drop() {
			this.call.giveBack();
		}

		@Override
		public String toString() {
			return this.call.toString();
		}

	}

}
