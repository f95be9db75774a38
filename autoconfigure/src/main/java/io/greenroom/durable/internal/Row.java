package io.greenroom.durable.internal;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What a database holds of one key. Not intended for applications.
 *
 * @param id the id of the row
 * @param version the number of writes of the row, from 1
 * @param shape the version of the class that wrote the row
 * @param stored the stored fields as text, or {@code null} if none were written
 * @param place the position of the machine, or {@code null} if the handler is no machine
 * or has not started
 */
public record Row(RowId id, long version, int shape, @Nullable String stored, @Nullable Place place) {

	/**
	 * Creates the row of a handler that is no machine.
	 * @param id the id of the row
	 * @param version the number of writes of the row, from 1
	 * @param shape the version of the class that wrote the row
	 * @param stored the stored fields as text
	 */
	public Row(RowId id, long version, int shape, @Nullable String stored) {
		this(id, version, shape, stored, null);
	}

	/** The status of a state's body. */
	public enum Status {

		/** The body has not returned. */
		RUNNING,

		/** The body has returned, and the machine waits for a move. */
		RESTING,

		/** The machine has ended by itself. */
		DONE,

		/** The body has thrown. */
		FAILED,

		/** The machine was stopped. */
		STOPPED,

		/** A value that this version does not know. Never written. */
		UNKNOWN

	}

	/**
	 * The position of a machine. Times have millisecond precision.
	 *
	 * @param state the name of the state
	 * @param args the arguments of its body as text, or {@code null} unless the body is
	 * running
	 * @param status the status of the body
	 * @param since when the state was entered
	 * @param deadline when the state times out, or {@code null} if it has no timeout
	 * @param node the node that runs its body, or {@code null} if none does
	 * @param error the failure of the body or the defect of the row, or {@code null} if
	 * there is none
	 */
	public record Place(String state, @Nullable String args, Status status, Instant since, @Nullable Instant deadline,
			@Nullable String node, @Nullable String error) {

		/**
		 * Returns the same position with another node.
		 * @param other the node that runs the body from now on
		 * @return the position
		 */
		Place on(String other) {
			return new Place(this.state, this.args, this.status, this.since, this.deadline, other, this.error);
		}

	}

}
