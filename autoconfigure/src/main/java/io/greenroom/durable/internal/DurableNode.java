package io.greenroom.durable.internal;

import java.time.Duration;
import java.util.Objects;
import java.util.UUID;

/**
 * This process, as it is known to other processes that share the rows. For integrations;
 * not intended for applications. Safe for use by many threads.
 */
public final class DurableNode {

	private final String id;

	private final RowStore rows;

	private final Duration timeout;

	/** Whether this process was made known to the others. */
	private volatile boolean present;

	/**
	 * Creates a node that is not known to others yet.
	 * @param rows the store of the rows
	 * @param timeout how long after its last sign of life a node counts as gone
	 */
	public DurableNode(RowStore rows, Duration timeout) {
		this(rows, timeout, ProcessHandle.current().pid() + "-" + UUID.randomUUID());
	}

	/**
	 * Creates a node with a given id.
	 * @param rows the store of the rows
	 * @param timeout how long after its last sign of life a node counts as gone
	 * @param id the id, which must differ at each start
	 */
	public DurableNode(RowStore rows, Duration timeout, String id) {
		this.id = Objects.requireNonNull(id, "id");
		this.rows = Objects.requireNonNull(rows, "rows");
		this.timeout = Objects.requireNonNull(timeout, "timeout");
	}

	/**
	 * Returns the id of this process, which differs at each start.
	 * @return the id
	 */
	public String id() {
		return this.id;
	}

	/** Returns the id, after making sure that the others can see it. */
	String present() {
		if (!this.present) {
			beat();
		}
		return this.id;
	}

	/** Records a sign of life. Must be repeated well within the timeout. */
	public void beat() {
		this.rows.seen(this.id);
		this.present = true;
	}

	/** Records that this process leaves and runs no body any more. */
	public void leave() {
		if (this.present) {
			this.rows.left(this.id);
		}
	}

	boolean isThere(String other) {
		return this.rows.isSeen(other, this.timeout);
	}

	/**
	 * Returns how long after its last sign of life a node counts as gone.
	 * @return the timeout
	 */
	public Duration timeout() {
		return this.timeout;
	}

	@Override
	public String toString() {
		return this.id;
	}

}
