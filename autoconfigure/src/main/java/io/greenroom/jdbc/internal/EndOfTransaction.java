package io.greenroom.jdbc.internal;

import io.greenroom.durable.internal.RowStore;

import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;

/**
 * Tells of the end of a transaction, before others hear of it: they may call the handler.
 */
final class EndOfTransaction implements TransactionSynchronization {

	private final RowStore.Ending ending;

	/** Whether the transaction was to commit: else it can't have. */
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

	/** A rollback that fails, as by a connection that is cut, is made by the database. */
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
