package io.greenroom.wire;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A call on its way to the node that has its key. It names no class: its method is one of
 * those that the handler there is known to have, and its arguments are read as that
 * method declares them.
 *
 * @param id which call it is, kept over all sendings
 * @param attempt which sending this is, from 1
 * @param handler the name of the handler
 * @param key the key's text
 * @param method the method's signature
 * @param arguments the arguments' text
 * @param mode what the caller waits for
 * @param remaining how long the caller still waits; over the wire it is what remains, as
 * clocks differ
 * @param context what belongs to the caller's thread and may travel
 * @param chain who waits for the answer, from the outermost on
 */
public record Envelope(String id, int attempt, String handler, String key, String method, String arguments, Mode mode,
		Duration remaining, Map<String, String> context, List<Waiting> chain) implements Message {

	/**
	 * Checks the values, and copies what could change.
	 * @throws IllegalArgumentException if the attempt is less than 1
	 */
	public Envelope {
		Objects.requireNonNull(id, "id");
		Objects.requireNonNull(handler, "handler");
		Objects.requireNonNull(key, "key");
		Objects.requireNonNull(method, "method");
		Objects.requireNonNull(arguments, "arguments");
		Objects.requireNonNull(mode, "mode");
		Objects.requireNonNull(remaining, "remaining");
		context = Map.copyOf(context);
		chain = List.copyOf(chain);
		if (attempt < 1) {
			throw new IllegalArgumentException("The attempt is " + attempt + "; it counts from 1");
		}
	}

	/**
	 * Returns the handler and the key, as chains and messages name them.
	 * @return the name
	 */
	public String target() {
		return this.handler + "[" + this.key + "]";
	}

	/**
	 * Returns the same call, sent once more.
	 * @param number which sending it is
	 * @param left how long the caller still waits
	 * @return the copy
	 */
	public Envelope resent(int number, Duration left) {
		return new Envelope(this.id, number, this.handler, this.key, this.method, this.arguments, this.mode, left,
				this.context, this.chain);
	}

	/** What the caller waits for. */
	public enum Mode {

		/** What the body returns. */
		ANSWER,

		/** A place in the mailbox. */
		ACCEPTANCE

	}

	/**
	 * One that waits for the answer.
	 *
	 * @param target its handler and key
	 * @param reading whether its body only reads, so that others which do may run beside
	 */
	public record Waiting(String target, boolean reading) {

	}

}
