package io.greenroom.spring.internal;

import io.greenroom.deferred.InTransaction;
import io.greenroom.deferred.internal.CallerTransactions;
import io.greenroom.deferred.internal.ReservedCall;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Tells handlers of the transactions that Spring has bound to their callers' threads.
 */
public final class SpringTransactions implements CallerTransactions {

	private final InTransaction syncCalls;

	/**
	 * Makes the transactions.
	 * @param syncCalls what happens to calls that wait for their result in one
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

	/** Also a resource alone, such as the session an open-in-view interceptor keeps. */
	@Override
	public boolean isBound() {
		return TransactionSynchronizationManager.isSynchronizationActive()
				|| TransactionSynchronizationManager.isActualTransactionActive()
				|| !TransactionSynchronizationManager.getResourceMap().isEmpty();
	}

	/** A test that rolls its transaction back shows a body nothing of what it wrote. */
	@Override
	public String remark() {
		String test = TestOwnTransaction.name();
		return (test != null)
				? "; the transaction is the test's own (%s), so no body sees what the test has written, and calls for after the commit are never made: take @Transactional off the test and clean up after it, or end it first with TestTransaction.end()"
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
