package io.greenroom.actuate.internal;

import java.time.Duration;
import java.util.Objects;

import org.springframework.boot.health.contributor.Status;

/**
 * From when on something is ill.
 *
 * @param stuckAfter how long a body may run, or a loop let no call in, unreported; for
 * ever if zero
 * @param stuckStatus the status of an application in which one does so for longer
 * @param outboxAfter how old the oldest call of an outbox may be before that is down; of
 * any age if zero
 */
public record HealthTerms(Duration stuckAfter, Status stuckStatus, Duration outboxAfter) {

	/** Checks that everything is there. */
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
