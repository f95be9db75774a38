package io.greenroom.spring.internal;

import java.util.ArrayList;
import java.util.List;

import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The steps that wait for the commit of a thread's transaction: calls of handlers and
 * moves of machines, in one order.
 * <p>
 * All steps of a transaction share one synchronization, and are taken in {@code
 * afterCompletion}. They are not taken in {@code afterCommit}, because an exception there
 * would reach a caller whose data is committed, and because it is not called for
 * synchronizations that another one adds in it.
 */
final class AfterCommit implements TransactionSynchronization {

	private static final Logger log = LoggerFactory.getLogger(SpringTransactions.class);

	/** The key under which the steps of a thread's transaction are bound. */
	private static final Object KEY = AfterCommit.class;

	/** A step that waits for the commit. It is either taken or dropped. */
	interface Step {

		/** Called when the transaction has committed. */
		void take();

		/** Called when the transaction, or the savepoint, has rolled back. */
		void drop();

	}

	/** The first has no savepoint; each further one begins with one. */
	private final List<Stretch> stretches = new ArrayList<>(List.of(new Stretch(null, new ArrayList<>(1))));

	/** Visible to the thread even if the end came on another one. */
	private volatile boolean over;

	private AfterCommit() {
	}

	/**
	 * Returns whether there is a transaction to wait for. While the end of a transaction
	 * is announced, there is none.
	 */
	static boolean isActive() {
		return TransactionSynchronizationManager.isActualTransactionActive()
				&& TransactionSynchronizationManager.isSynchronizationActive();
	}

	/**
	 * Adds a step that waits for the commit of the thread's transaction, which must be
	 * active.
	 */
	static void add(Step step) {
		AfterCommit waiting = (AfterCommit) TransactionSynchronizationManager.getResource(KEY);
		if (waiting == null || waiting.over) {
			TransactionSynchronizationManager.unbindResourceIfPossible(KEY);
			waiting = new AfterCommit();
			TransactionSynchronizationManager.registerSynchronization(waiting);
			TransactionSynchronizationManager.bindResource(KEY, waiting);
		}
		waiting.stretches.getLast().steps.add(step);
	}

	@Override
	public void suspend() {
		TransactionSynchronizationManager.unbindResourceIfPossible(KEY);
	}

	@Override
	public void resume() {
		TransactionSynchronizationManager.bindResource(KEY, this);
	}

	@Override
	public void savepoint(Object savepoint) {
		this.stretches.add(new Stretch(savepoint, new ArrayList<>(1)));
	}

	/** A savepoint that is not known here is older than the first step. */
	@Override
	public void savepointRollback(Object savepoint) {
		int first = this.stretches.size() - 1;
		while (first > 0 && this.stretches.get(first).savepoint != savepoint) {
			first--;
		}
		List<Stretch> undone = this.stretches.subList(first, this.stretches.size());
		undone.forEach(Stretch::drop);
		// The savepoint itself stays, and may be rolled back to again.
		undone.subList(1, undone.size()).clear();
	}

	@Override
	public void afterCompletion(int status) {
		this.over = true;
		if (TransactionSynchronizationManager.getResource(KEY) == this) {
			TransactionSynchronizationManager.unbindResource(KEY);
		}
		if (status == STATUS_COMMITTED) {
			this.stretches.forEach((stretch) -> stretch.steps
				.forEach((step) -> ForeignCode.run(log, "What waited for a commit", step::take)));
			return;
		}
		if (status == STATUS_UNKNOWN) {
			log.warn("The outcome of a transaction is unknown, so its oneway calls and moves were not made: {}",
					this.stretches.stream().flatMap((stretch) -> stretch.steps.stream()).toList());
		}
		this.stretches.forEach(Stretch::drop);
	}

	/** The steps that were added after a savepoint and before the next. */
	private record Stretch(@Nullable Object savepoint, List<Step> steps) {

		void drop() {
			this.steps.forEach((step) -> ForeignCode.run(log, "What waited for a commit", step::drop));
			this.steps.clear();
		}

	}

}
