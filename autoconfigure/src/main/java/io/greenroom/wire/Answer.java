package io.greenroom.wire;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a call of another node.
 *
 * @param id the id of the call
 * @param attempt the number of the sending that is answered
 * @param kind the kind of answer
 * @param value the result as text; {@code null} if there is none
 * @param failure what the body threw, or why the call was rejected; {@code null} if
 * neither applies
 */
public record Answer(String id, int attempt, Kind kind, @Nullable String value,
		@Nullable FailureData failure) implements Message {

	/**
	 * Checks the values.
	 */
	public Answer {
		Objects.requireNonNull(id, "id");
		Objects.requireNonNull(kind, "kind");
	}

	/**
	 * Makes the answer to a sending.
	 * @param call what is answered
	 * @param value what the body returned, as text
	 * @return the answer
	 */
	public static Answer returned(Message call, @Nullable String value) {
		return new Answer(call.id(), call.attempt(), Kind.RETURNED, value, null);
	}

	/**
	 * Makes the answer to a sending.
	 * @param call what is answered
	 * @param failure what the body threw
	 * @return the answer
	 */
	public static Answer threw(Message call, FailureData failure) {
		return new Answer(call.id(), call.attempt(), Kind.THREW, null, failure);
	}

	/**
	 * Makes the answer to a sending.
	 * @param call what is answered
	 * @return the answer: not here, and not begun
	 */
	public static Answer moved(Message call) {
		return new Answer(call.id(), call.attempt(), Kind.MOVED, null, null);
	}

	/**
	 * Makes the answer to a sending.
	 * @param call what is answered
	 * @param failure what says so
	 * @return the answer: begun, and nothing of it was stored
	 */
	public static Answer stale(Message call, FailureData failure) {
		return new Answer(call.id(), call.attempt(), Kind.STALE, null, failure);
	}

	/**
	 * Makes the answer to a sending.
	 * @param call what is answered
	 * @param failure what the body's transaction threw
	 * @return the answer: begun, and if anything of it was stored, its id is stored too
	 */
	public static Answer cut(Message call, FailureData failure) {
		return new Answer(call.id(), call.attempt(), Kind.CUT, null, failure);
	}

	/**
	 * Makes the answer to a sending.
	 * @param call what is answered
	 * @param failure why
	 * @return the answer: it is no call that this node knows
	 */
	public static Answer rejected(Message call, FailureData failure) {
		return new Answer(call.id(), call.attempt(), Kind.REJECTED, null, failure);
	}

	/**
	 * Returns the same answer to another sending.
	 * @param number which sending it is
	 * @return the copy
	 */
	public Answer to(int number) {
		return (number == this.attempt) ? this : new Answer(this.id, number, this.kind, this.value, this.failure);
	}

	/** A kind of answer. */
	public enum Kind {

		/** The body returned; or a oneway call was accepted. */
		RETURNED,

		/** The body threw, or the handler rejected the call. */
		THREW,

		/** The body has not begun here, and will not: the key is elsewhere. */
		MOVED,

		/** The body ran, but nothing was stored: another node had written the row. */
		STALE,

		/**
		 * The body's transaction has lost its connection to the database. If anything of
		 * it was stored, its id was stored too.
		 */
		CUT,

		/** The handler, the method or the key is not known here. */
		REJECTED

	}

}
