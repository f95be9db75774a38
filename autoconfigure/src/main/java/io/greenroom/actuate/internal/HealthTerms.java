package io.greenroom.actuate.internal;

import java.time.Duration;
import java.util.Objects;

import org.springframework.boot.health.contributor.Status;

/**
 * The limits from which bodies, loops and outboxes affect the health.
 *
 * @param stuckAfter how long a body may run, or a loop may let no call in, before it is
 * stuck; zero means no limit
 * @param stuckStatus the status of an application with a stuck body or loop
 * @param outboxAfter the maximum age of the oldest call of an outbox before the status is
 * {@code DOWN}; zero means no limit
 */
public record HealthTerms(Duration stuckAfter, Status stuckStatus, Duration outboxAfter) {

	/** Checks that no component is {@code null}. */
	public HealthTerms {
		Objects.requireNonNull(stuckAfter, "stuckAfter");
		Objects.requireNonNull(stuckStatus, "stuckStatus");
		Objects.requireNonNull(outboxAfter, "outboxAfter");
	}

	boolean isStuck(Duration since) {
		return this.stuckAfter.isPositive() && since.compareTo(this.stuckAfter) >= 0;
	}

	boolean isTooOld(Duration oldest) {
		return this.outboxAfter.isPositive() && oldest.compareTo(this.outboxAfter) >= 0;
	}

}
