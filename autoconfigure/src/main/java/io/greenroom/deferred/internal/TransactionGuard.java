package io.greenroom.deferred.internal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.deferred.DeferredTransactionException;
import io.greenroom.deferred.InTransaction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Guards callers that wait for a body while they are in a transaction. The body may wait
 * for rows that the caller has locked, and no wait-for graph shows that.
 */
final class TransactionGuard {

	private static final Logger log = LoggerFactory.getLogger(HandlerLog.NAME);

	/** How many call sites are kept, so that generated code cannot fill the memory. */
	private static final int MOST_SITES = 1000;

	private static final String REMEDIES = "call it before the transaction begins, or make it @Oneway(phase = OnewayPhase.AFTER_COMMIT)";

	private final HandlerName handler;

	private final CallerTransactions transactions;

	/** The places that were warned about; created by the first. */
	private volatile @Nullable Set<String> sites;

	TransactionGuard(HandlerName handler, CallerTransactions transactions) {
		this.handler = handler;
		this.transactions = transactions;
	}

	/** Checks a call that is about to wait; throws if it must not. */
	void check(Call call) {
		check(call, this.transactions.syncCalls());
	}

	/** Checks a call that waits for nothing; throws if it must not be made. */
	void checkOther(Call call) {
		check(call, this.transactions.otherCalls());
	}

	private void check(Call call, InTransaction rule) {
		if (rule == InTransaction.ALLOW || !this.transactions.isActive()) {
			return;
		}
		if (rule == InTransaction.FAIL) {
			throw new DeferredTransactionException(
					"%s.%s was called in a transaction and was not made: its body runs outside that transaction and could wait for rows the caller has locked; %s, or set greenroom.deferred.in-transaction%s"
						.formatted(this.handler, call.method(), REMEDIES, this.transactions.remark()),
					null);
		}
		String site = CallSite.describe(CallSite.here());
		if (isNew(call.method() + " " + site)) {
			log.warn(
					"{}.{} is called in a transaction at {}: its body runs outside that transaction and could wait for rows the caller has locked, while the caller waits for it; {}{}. (Logged once for each place; set greenroom.deferred.in-transaction=allow to never log it)",
					this.handler, call.method(), site, REMEDIES, this.transactions.remark());
		}
	}

	private boolean isNew(String site) {
		Set<String> known = this.sites;
		if (known == null) {
			synchronized (this) {
				known = (this.sites != null) ? this.sites : ConcurrentHashMap.newKeySet();
				this.sites = known;
			}
		}
		return known.size() < MOST_SITES && known.add(site);
	}

	/** Explains why an answer may not have come in time, as the end of a message. */
	String suspicion() {
		return this.transactions.isActive()
				? "; the caller is in a transaction, so the body has probably waited for rows the caller has locked: "
						+ REMEDIES + this.transactions.remark()
				: "";
	}

}
