package io.greenroom.spring;

import io.greenroom.deferred.CallerThread;

import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/**
 * Keeps bodies off threads that are in a transaction, or to which a resource is bound,
 * such as the session that an open-in-view interceptor keeps for a request.
 */
final class BoundCallers implements CallerThread {

	private static final boolean KNOWN = ClassUtils.isPresent(
			"org.springframework.transaction.support.TransactionSynchronizationManager",
			BoundCallers.class.getClassLoader());

	private BoundCallers() {
	}

	/** Returns what there is to be known on this class path. */
	static CallerThread ofThisClassPath() {
		return KNOWN ? new BoundCallers() : FREE;
	}

	@Override
	public boolean isBound() {
		return TransactionSynchronizationManager.isSynchronizationActive()
				|| TransactionSynchronizationManager.isActualTransactionActive()
				|| !TransactionSynchronizationManager.getResourceMap().isEmpty();
	}

}
