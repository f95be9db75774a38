package io.greenroom.durable.internal;

import java.time.Duration;
import java.util.Objects;
import java.util.UUID;

/**
 * This process, as the others know it that have the same rows. For integrations; users
 * don't need this. Safe for use by many threads.
 */
public final class DurableNode {

	private final String id;

	private final RowStore rows;

	private final Duration timeout;

	/** Whether the others have been told. */
	private volatile boolean present;

	/**
	 * Makes a node that nobody has seen yet.
	 * @param rows where the rows are
	 * @param timeout how long a node must not have been seen to be gone
	 */
	public DurableNode(RowStore rows, Duration timeout) {
		this(rows, timeout, ProcessHandle.current().pid() + "-" + UUID.randomUUID());
	}

	/**
	 * Makes a node that others know by an id.
	 * @param rows where the rows are
	 * @param timeout how long a node must not have been seen to be gone
	 * @param id the id, another one at each start
	 */
	public DurableNode(RowStore rows, Duration timeout, String id) {
		this.id = Objects.requireNonNull(id, "id");
		this.rows = Objects.requireNonNull(rows, "rows");
		this.timeout = Objects.requireNonNull(timeout, "timeout");
	}

	/**
	 * Returns the id of this process, another one at each start.
	 * @return the id
	 */
	public String id() {
		return this.id;
	}

	/** Returns the id, once the others can have seen it. */
	String present() {
		if (!this.present) {
			beat();
		}
		return this.id;
	}

	/** Says that this process is there; to be repeated well within the timeout. */
	public void beat() {
		this.rows.seen(this.id);
		this.present = true;
	}

	/** Says that this process goes, and runs no body any more. */
	public void leave() {
		if (this.present) {
			this.rows.left(this.id);
		}
	}

	boolean isThere(String other) {
		return this.rows.isSeen(other, this.timeout);
	}

	/**
	 * Returns how long a node must not have been seen to be gone.
	 * @return the time
	 */
	public Duration timeout() {
		return this.timeout;
	}

	@Override
	public String toString() {
		return this.id;
	}

}
