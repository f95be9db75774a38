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
 * What waits for the commit of a thread's transaction: calls of handlers and moves of
 * machines, in one order.
 * <p>
 * All of one transaction hang on one synchronization and are taken when it has completed.
 * Not in {@code afterCommit}: there an exception would reach a caller whose data is
 * committed, and it is not called for what another synchronization adds in it.
 */
final class AfterCommit implements TransactionSynchronization {

	private static final Logger log = LoggerFactory.getLogger(SpringTransactions.class);

	/** What a thread's transaction has of these is bound to. */
	private static final Object KEY = AfterCommit.class;

	/** Something that waits. Ends in one way or the other. */
	interface Step {

		/** The transaction has committed. */
		void take();

		/** It has rolled back, or the savepoint has. */
		void drop();

	}

	/** The first has no savepoint; each further one begins with one. */
	private final List<Stretch> stretches = new ArrayList<>(List.of(new Stretch(null, new ArrayList<>(1))));

	/** Seen by the thread, should the end have come on another. */
	private volatile boolean over;

	private AfterCommit() {
	}

	/** While the ends of a transaction are announced, there is none to wait for. */
	static boolean isActive() {
		return TransactionSynchronizationManager.isActualTransactionActive()
				&& TransactionSynchronizationManager.isSynchronizationActive();
	}

	/** Adds to what waits for the commit of the thread's transaction, which is active. */
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

	/** A savepoint not known here is older than the first step. */
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
			log.warn(
					"It is not known whether a transaction was committed, so its oneway calls and moves were not made: {}",
					this.stretches.stream().flatMap((stretch) -> stretch.steps.stream()).toList());
		}
		this.stretches.forEach(Stretch::drop);
	}

	/** What was added since a savepoint, and before the next. */
	private record Stretch(@Nullable Object savepoint, List<Step> steps) {

		void drop() {
			this.steps.forEach((step) -> ForeignCode.run(log, "What waited for a commit", step::drop));
			this.steps.clear();
		}

	}

}
