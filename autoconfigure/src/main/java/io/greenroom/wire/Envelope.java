package io.greenroom.wire;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A call on its way to the owner of its key. It names no class: the receiver looks the
 * method up among those of its own handler, and reads the arguments as that method
 * declares them.
 *
 * @param id the id of the call, the same for all sendings
 * @param attempt the number of this sending, from 1
 * @param handler the name of the handler
 * @param key the key as text
 * @param method the signature of the method
 * @param arguments the arguments as text
 * @param mode what the caller waits for
 * @param remaining how long the caller still waits; a duration, because clocks of nodes
 * differ
 * @param context the context of the calling thread that travels
 * @param chain the handlers that wait for the answer, from the outermost on
 */
public record Envelope(String id, int attempt, String handler, String key, String method, String arguments, Mode mode,
		Duration remaining, Map<String, String> context, List<Waiting> chain) implements Message {

	/** What ends later does not end. Countable in nanoseconds, and so is twice of it. */
	private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 4);

	/**
	 * Checks the values, copies the collections, and shortens times of decades.
	 * @throws IllegalArgumentException if the attempt is less than 1
	 */
	public Envelope {
		Objects.requireNonNull(id, "id");
		Objects.requireNonNull(handler, "handler");
		Objects.requireNonNull(key, "key");
		Objects.requireNonNull(method, "method");
		Objects.requireNonNull(arguments, "arguments");
		Objects.requireNonNull(mode, "mode");
		remaining = (remaining.compareTo(LONGEST) < 0) ? remaining : LONGEST;
		context = Map.copyOf(context);
		chain = List.copyOf(chain);
		if (attempt < 1) {
			throw new IllegalArgumentException("The attempt is " + attempt + "; it counts from 1");
		}
	}

	/**
	 * Returns the handler and the key, as chains and messages name them.
	 * @return the name, such as {@code account[ann]}
	 */
	public String target() {
		return this.handler + "[" + this.key + "]";
	}

	/**
	 * Returns another sending of the same call.
	 * @param number the number of the sending
	 * @param left how long the caller still waits
	 * @return the copy
	 */
	public Envelope resent(int number, Duration left) {
		return new Envelope(this.id, number, this.handler, this.key, this.method, this.arguments, this.mode, left,
				this.context, this.chain);
	}

	/** What the caller waits for. */
	public enum Mode {

		/** The end of the body. */
		ANSWER,

		/** A place in the mailbox. */
		ACCEPTANCE

	}

	/**
	 * A handler that waits for the answer.
	 *
	 * @param target the handler and its key
	 * @param reading whether its body only reads, so that other readers may run beside it
	 */
	public record Waiting(String target, boolean reading) {

	}

}
