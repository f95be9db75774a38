package io.greenroom.spring.internal;

import io.greenroom.deferred.InTransaction;
import io.greenroom.state.StateBoundary;
import io.greenroom.state.StateMachine;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Distinguishes the transaction around a body from one that was begun within it, by
 * whatever means. Only the former has the body's mark.
 */
final class TransactionBoundary implements StateBoundary {

	private final MovesInTransaction moves;

	TransactionBoundary(InTransaction moves) {
		this.moves = new MovesInTransaction(moves);
	}

	@Override
	public void outside(StateMachine machine, String to) {
		this.moves.check(machine, to);
	}

	@Override
	public boolean afterCommit(Runnable moves) {
		return this.moves.afterCommit(moves);
	}

	@Override
	public @Nullable Object begin() {
		if (!TransactionSynchronizationManager.isSynchronizationActive()) {
			return null;
		}
		Mark mark = new Mark();
		TransactionSynchronizationManager.registerSynchronization(mark);
		return mark;
	}

	@Override
	public @Nullable String obstacle(@Nullable Object begun) {
		if (!TransactionSynchronizationManager.isSynchronizationActive()) {
			return null;
		}
		boolean round = begun instanceof Mark mark
				&& TransactionSynchronizationManager.getSynchronizations().contains(mark);
		return round ? null : "a transaction that the body has begun";
	}

	@Override
	public @Nullable String obstacleIn(Class<?> frame) {
		return null;
	}

	/** A marker that does nothing. */
	private static final class Mark implements TransactionSynchronization {

	}

}
