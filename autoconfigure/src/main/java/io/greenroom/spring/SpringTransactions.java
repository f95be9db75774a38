package io.greenroom.spring;

import java.util.ArrayList;
import java.util.List;

import io.greenroom.deferred.CallerTransactions;
import io.greenroom.deferred.InTransaction;
import io.greenroom.deferred.ReservedCall;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Tells handlers of the transactions that Spring has bound to their callers' threads.
 * <p>
 * Calls that wait for a commit hang on one synchronization for each transaction and are
 * submitted when it has completed. Not in {@code afterCommit}: there an exception would
 * reach a caller whose data is committed, and it is not called for what another
 * synchronization submits in it.
 */
public final class SpringTransactions implements CallerTransactions {

	private static final Logger log = LoggerFactory.getLogger(SpringTransactions.class);

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

	/** While the ends of a transaction are announced, there is none to wait for. */
	@Override
	public boolean isActive() {
		return TransactionSynchronizationManager.isActualTransactionActive()
				&& TransactionSynchronizationManager.isSynchronizationActive();
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
		Waiting waiting = (Waiting) TransactionSynchronizationManager.getResource(this);
		if (waiting == null || waiting.over) {
			TransactionSynchronizationManager.unbindResourceIfPossible(this);
			waiting = new Waiting();
			TransactionSynchronizationManager.registerSynchronization(waiting);
			TransactionSynchronizationManager.bindResource(this, waiting);
		}
		waiting.add(call);
	}

	/**
	 * The calls of one transaction, in their order, with the savepoints in between. Used
	 * by the transaction's thread only, but for its end, which may come on another.
	 */
	private final class Waiting implements TransactionSynchronization {

		/** The first has no savepoint; each further one begins with one. */
		private final List<Stretch> stretches = new ArrayList<>(List.of(new Stretch(null, new ArrayList<>(1))));

		/** Seen by the thread, should the end have come on another. */
		private volatile boolean over;

		void add(ReservedCall call) {
			this.stretches.getLast().calls.add(call);
		}

		@Override
		public void suspend() {
			TransactionSynchronizationManager.unbindResourceIfPossible(SpringTransactions.this);
		}

		@Override
		public void resume() {
			TransactionSynchronizationManager.bindResource(SpringTransactions.this, this);
		}

		@Override
		public void savepoint(Object savepoint) {
			this.stretches.add(new Stretch(savepoint, new ArrayList<>(1)));
		}

		/** A savepoint not known here is older than the first call. */
		@Override
		public void savepointRollback(Object savepoint) {
			int first = this.stretches.size() - 1;
			while (first > 0 && this.stretches.get(first).savepoint != savepoint) {
				first--;
			}
			List<Stretch> undone = this.stretches.subList(first, this.stretches.size());
			undone.forEach(Stretch::giveBack);
			// The savepoint itself stays, and may be rolled back to again.
			undone.subList(1, undone.size()).clear();
		}

		@Override
		public void afterCompletion(int status) {
			this.over = true;
			if (TransactionSynchronizationManager.getResource(SpringTransactions.this) == this) {
				TransactionSynchronizationManager.unbindResource(SpringTransactions.this);
			}
			if (status == STATUS_COMMITTED) {
				this.stretches.forEach((stretch) -> stretch.calls.forEach(ReservedCall::submit));
				return;
			}
			if (status == STATUS_UNKNOWN) {
				log.warn("It is not known whether a transaction was committed, so its oneway calls were not made: {}",
						this.stretches.stream().flatMap((stretch) -> stretch.calls.stream()).toList());
			}
			this.stretches.forEach(Stretch::giveBack);
		}

	}

	/** The calls made since a savepoint, and before the next. */
	private record Stretch(@Nullable Object savepoint, List<ReservedCall> calls) {

		void giveBack() {
			this.calls.forEach(ReservedCall::giveBack);
			this.calls.clear();
		}

	}

}
