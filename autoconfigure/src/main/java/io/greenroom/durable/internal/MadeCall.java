package io.greenroom.durable.internal;

import java.time.Duration;
import java.util.Objects;

/**
 * A call of another node that was made. It is stored together with its effect, so that a
 * repeated request is answered and not made again. For integrations; not intended for
 * applications.
 *
 * @param id the id of the call
 * @param answer the answer to the caller
 * @param keep how long the caller may ask again
 */
public record MadeCall(String id, String answer, Duration keep) {

	/** Checks the values. */
	public MadeCall {
		Objects.requireNonNull(id, "id");
		Objects.requireNonNull(answer, "answer");
		Objects.requireNonNull(keep, "keep");
	}

}
