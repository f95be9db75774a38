package io.greenroom.durable.internal;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What a database holds of one key. Users don't need this.
 *
 * @param id which row
 * @param version counts the writes of the row, from 1
 * @param shape the version of the class that wrote it
 * @param stored the stored fields as text, {@code null} if nothing was written there
 * @param place where the machine is, {@code null} if the handler is none, or has not
 * started
 */
public record Row(RowId id, long version, int shape, @Nullable String stored, @Nullable Place place) {

	/**
	 * Makes the row of a handler that is no machine.
	 * @param id which row
	 * @param version counts the writes of the row, from 1
	 * @param shape the version of the class that wrote it
	 * @param stored the stored fields as text
	 */
	public Row(RowId id, long version, int shape, @Nullable String stored) {
		this(id, version, shape, stored, null);
	}

	/** What came of the body of a state. */
	public enum Status {

		/** It has not returned. */
		RUNNING,

		/** It has returned, and the machine waits for a move. */
		RESTING,

		/** The machine has ended by itself. */
		DONE,

		/** It threw. */
		FAILED,

		/** The machine was stopped. */
		STOPPED,

		/** Somebody has written it who does not know the others. Never written here. */
		UNKNOWN

	}

	/**
	 * Where a machine is. Times are kept to the millisecond.
	 *
	 * @param state the name of the state
	 * @param args the arguments of its body as text, {@code null} unless that runs
	 * @param status what came of the body
	 * @param since when the state was entered
	 * @param deadline when its timeout is over, {@code null} without one
	 * @param node which node runs its body, {@code null} unless one does
	 * @param error what the body failed with, or what is wrong with the row; otherwise
	 * {@code null}
	 */
	public record Place(String state, @Nullable String args, Status status, Instant since, @Nullable Instant deadline,
			@Nullable String node, @Nullable String error) {

		/**
		 * Returns the same place for another node.
		 * @param other the node that runs the body from now on
		 * @return the place
		 */
		Place on(String other) {
			return new Place(this.state, this.args, this.status, this.since, this.deadline, other, this.error);
		}

	}

}
