package io.greenroom.durable.internal;

import io.greenroom.deferred.internal.Delivering;
import io.greenroom.durable.Delivery;
import io.greenroom.observe.ContextCarrier;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to deliver a call, on the thread that runs its body. Removes the call in
 * the body's own transaction, if it has one. For integrations; not intended for
 * applications.
 */
public final class DeliveryRun implements Delivering, RowStore.Ending {

	private static final ThreadLocal<@Nullable DeliveryRun> CURRENT = new ThreadLocal<>();

	private final Lane lane;

	private final StoredCall call;

	private final Delivery delivery;

	private final OutboxStore store;

	private final RowStore rows;

	private final ContextOpener context;

	/** Whether the body is about to be entered. Confined to its thread. */
	private boolean entering;

	// Written by the body's thread, read by the deliverer after that thread's end.

	private volatile boolean begun;

	private volatile End end = End.APART;

	DeliveryRun(Lane lane, StoredCall call, int attempt, OutboxStore store, RowStore rows, ContextOpener context) {
		this.lane = lane;
		this.call = call;
		this.delivery = new Delivery(call.id(), attempt);
		this.store = store;
		this.rows = rows;
		this.context = context;
	}

	/**
	 * Returns the run of the current thread.
	 * @return the run, or {@code null} if the thread delivers nothing
	 */
	public static @Nullable DeliveryRun current() {
		return CURRENT.get();
	}

	/**
	 * Returns the delivery that this is an attempt of.
	 * @return the delivery
	 */
	public Delivery delivery() {
		return this.delivery;
	}

	@Override
	public @Nullable Object run(Body body) throws Throwable {
		this.begun = true;
		DeliveryRun outer = CURRENT.get();
		ContextCarrier.Scope scope = this.context.open();
		try {
			CURRENT.set(this);
			this.entering = true;
			return body.run();
		}
		finally {
			this.entering = false;
			if (outer != null) {
				CURRENT.set(outer);
			}
			else {
				CURRENT.remove();
			}
			scope.close();
		}
	}

	/**
	 * Runs the body inside all advice, if it belongs to this run.
	 * @param method the name of the method that is about to run
	 * @param body the body
	 * @return the result of the body
	 * @throws Throwable the exception of the body
	 */
	public @Nullable Object under(String method, Body body) throws Throwable {
		if (!this.entering || !method.equals(this.call.method())) {
			return body.run();
		}
		this.entering = false;
		Object result = body.run();
		if (this.rows.transaction() == RowStore.Transaction.JOINED) {
			if (!this.store.remove(this.lane, this.call.place())) {
				this.end = End.LOST;
				throw new LostDeliveryException(
						"%s.%s (%s) was delivered by another node in the meantime, which now owns the lane; this body's transaction is rolled back"
							.formatted(this.lane, this.call.method(), this.call.id()));
			}
			this.end = End.UNKNOWN;
			this.rows.atEnd(this);
		}
		return result;
	}

	@Override
	public void beforeCommit() {
		// The call was removed in this transaction.
	}

	@Override
	public void committed() {
		this.end = End.REMOVED;
	}

	@Override
	public void rolledBack() {
		this.end = End.ROLLED_BACK;
	}

	@Override
	public void unknown() {
		this.end = End.UNKNOWN;
	}

	/** Returns whether the body has begun. */
	boolean isBegun() {
		return this.begun;
	}

	End end() {
		return this.end;
	}

	/** The fate of the call in the body's transaction. */
	enum End {

		/** There was no transaction, or it did not remove the call. */
		APART,

		/** The call was removed. */
		REMOVED,

		/** The call was removed, and the removal was rolled back. */
		ROLLED_BACK,

		/** The outcome of the transaction is not known. */
		UNKNOWN,

		/** The call did not exist any more. */
		LOST

	}

	/** Opens the caller's context on the body's thread. */
	@FunctionalInterface
	interface ContextOpener {

		ContextCarrier.Scope open();

	}

}
