package io.greenroom.durable.internal;

import java.time.Duration;
import java.util.Objects;

/**
 * A call from another node that was made: stored with what it has changed, so that it is
 * answered and not made when it comes again. For integrations; users don't need this.
 *
 * @param id which call
 * @param answer what came of it
 * @param keep how long its caller may ask again
 */
public record MadeCall(String id, String answer, Duration keep) {

	/** Checks the values. */
	public MadeCall {
		Objects.requireNonNull(id, "id");
		Objects.requireNonNull(answer, "answer");
		Objects.requireNonNull(keep, "keep");
	}

}
