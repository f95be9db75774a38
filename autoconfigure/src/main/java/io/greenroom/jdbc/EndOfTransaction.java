package io.greenroom.jdbc;

import io.greenroom.durable.RowStore;

import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;

/**
 * Tells of the end of a transaction, before others hear of it: they may call the handler.
 */
record EndOfTransaction(RowStore.Ending ending) implements TransactionSynchronization {

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public void beforeCommit(boolean readOnly) {
		this.ending.beforeCommit();
	}

	@Override
	public void savepointRollback(Object savepoint) {
		this.ending.unknown();
	}

	@Override
	public void afterCompletion(int status) {
		switch (status) {
			case STATUS_COMMITTED -> this.ending.committed();
			case STATUS_ROLLED_BACK -> this.ending.rolledBack();
			default -> this.ending.unknown();
		}
	}

}
