package io.greenroom.jdbc.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

import javax.sql.DataSource;

import io.greenroom.durable.Durable;
import io.greenroom.durable.internal.Lane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Wakes lanes when the transaction that added calls to them has committed. Each lane is
 * woken once, however many calls were added.
 * <p>
 * While Spring tells listeners of a commit, it still says that the transaction is active,
 * but nobody commits what a listener writes. Calls that were added then are committed
 * here, when all listeners have been told.
 */
final class AfterCommits implements TransactionSynchronization {

	private static final Object KEY = AfterCommits.class;

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	private final DataSource dataSource;

	private final Map<Lane, Runnable> tasks = new LinkedHashMap<>();

	/** Whether the transaction is about to be committed, or has been. */
	private boolean completing;

	/** Whether calls may have been added after the commit. */
	private boolean late;

	private AfterCommits(DataSource dataSource) {
		this.dataSource = dataSource;
	}

	/**
	 * Runs a task after the commit of the thread's transaction, or now if there is none.
	 * @param dataSource where calls of the lane were added in that transaction
	 */
	static void run(DataSource dataSource, Lane lane, Runnable task) {
		if (!TransactionSynchronizationManager.isActualTransactionActive()
				|| !TransactionSynchronizationManager.isSynchronizationActive()) {
			task.run();
			return;
		}
		AfterCommits waiting = (AfterCommits) TransactionSynchronizationManager.getResource(KEY);
		if (waiting == null) {
			waiting = new AfterCommits(dataSource);
			TransactionSynchronizationManager.registerSynchronization(waiting);
			TransactionSynchronizationManager.bindResource(KEY, waiting);
		}
		waiting.tasks.put(lane, task);
		waiting.late |= waiting.completing;
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
	public void beforeCompletion() {
		this.completing = true;
	}

	/** If the outcome of the transaction is unknown, waking a lane does no harm. */
	@Override
	public void afterCompletion(int status) {
		if (TransactionSynchronizationManager.getResource(KEY) == this) {
			TransactionSynchronizationManager.unbindResource(KEY);
		}
		if (status == STATUS_COMMITTED && (this.late || !this.completing)) {
			commitLate();
		}
		if (status != STATUS_ROLLED_BACK) {
			this.tasks.values().forEach(Runnable::run);
		}
	}

	private void commitLate() {
		if (!(TransactionSynchronizationManager.getResource(this.dataSource) instanceof ConnectionHolder holder)) {
			return;
		}
		try {
			Connection connection = holder.getConnection();
			if (!connection.getAutoCommit()) {
				connection.commit();
			}
		}
		catch (SQLException | RuntimeException failure) {
			log.error(
					"Durable oneway calls that were made after the commit of a transaction, while its listeners were told, could not be stored, and are lost: {}",
					this.tasks.keySet(), failure);
		}
	}

}
