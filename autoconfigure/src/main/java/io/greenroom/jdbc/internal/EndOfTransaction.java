package io.greenroom.jdbc.internal;

import io.greenroom.durable.internal.RowStore;

import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;

/**
 * Reports the end of a transaction before other synchronizations hear of it, because they
 * may call the handler.
 */
final class EndOfTransaction implements TransactionSynchronization {

	private final RowStore.Ending ending;

	/**
	 * Whether the transaction was about to commit. Otherwise it cannot have committed.
	 */
	private boolean committing;

	EndOfTransaction(RowStore.Ending ending) {
		this.ending = ending;
	}

	boolean tells(RowStore.Ending other) {
		return this.ending == other;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public void beforeCommit(boolean readOnly) {
		this.committing = true;
		this.ending.beforeCommit();
	}

	@Override
	public void savepointRollback(Object savepoint) {
		this.ending.unknown();
	}

	/**
	 * If a rollback fails, for example because the connection is lost, the database makes
	 * it.
	 */
	private void ended() {
		if (this.committing) {
			this.ending.unknown();
		}
		else {
			this.ending.rolledBack();
		}
	}

	@Override
	public void afterCompletion(int status) {
		switch (status) {
			case STATUS_COMMITTED -> this.ending.committed();
			case STATUS_ROLLED_BACK -> this.ending.rolledBack();
			default -> ended();
		}
	}

}
