package io.greenroom.jdbc.internal;

import java.util.LinkedHashMap;
import java.util.Map;

import io.greenroom.durable.internal.Lane;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Wakes lanes when the transaction that added calls to them has committed. Each lane is
 * woken once, however many calls were added.
 */
final class AfterCommits implements TransactionSynchronization {

	private static final Object KEY = AfterCommits.class;

	private final Map<Lane, Runnable> tasks = new LinkedHashMap<>();

	private AfterCommits() {
	}

	static void run(Lane lane, Runnable task) {
		if (!TransactionSynchronizationManager.isActualTransactionActive()
				|| !TransactionSynchronizationManager.isSynchronizationActive()) {
			task.run();
			return;
		}
		AfterCommits waiting = (AfterCommits) TransactionSynchronizationManager.getResource(KEY);
		if (waiting == null) {
			waiting = new AfterCommits();
			TransactionSynchronizationManager.registerSynchronization(waiting);
			TransactionSynchronizationManager.bindResource(KEY, waiting);
		}
		waiting.tasks.put(lane, task);
	}

	@Override
	public void suspend() {
		TransactionSynchronizationManager.unbindResourceIfPossible(KEY);
	}

	@Override
	public void resume() {
		TransactionSynchronizationManager.bindResource(KEY, this);
	}

	/** If the outcome of the transaction is unknown, waking a lane does no harm. */
	@Override
	public void afterCompletion(int status) {
		if (TransactionSynchronizationManager.getResource(KEY) == this) {
			TransactionSynchronizationManager.unbindResource(KEY);
		}
		if (status != STATUS_ROLLED_BACK) {
			this.tasks.values().forEach(Runnable::run);
		}
	}

}
