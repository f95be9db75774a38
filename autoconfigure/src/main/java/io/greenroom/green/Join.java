package io.greenroom.green;

import java.time.Duration;
import java.util.Objects;

import io.greenroom.green.internal.Limits;

/**
 * How to join several green threads: how many, for how long, and what to do if one fails.
 * Start with {@link #all()} or {@link #first(int)}, and refine it. Immutable.
 *
 * @param count how many to wait for; all if there are fewer
 * @param limit the maximum time to wait
 * @param onFailure what to do if one has failed or was killed
 */
public record Join(int count, Duration limit, OnFailure onFailure) {

	private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

	/** Checks the values. */
	public Join {
		if (count < 0) {
			throw new IllegalArgumentException("The count is negative: " + count + "; give zero or more");
		}
		Limits.nanos(limit, "limit");
		Objects.requireNonNull(onFailure, "onFailure");
	}

	/**
	 * Waits for all, without a limit, whatever their outcome.
	 * @return the settings
	 */
	public static Join all() {
		return first(Integer.MAX_VALUE);
	}

	/**
	 * Waits until that many have ended, without a limit, whatever their outcome. The
	 * others go on.
	 * @param count how many; all if there are fewer
	 * @return the settings
	 */
	public static Join first(int count) {
		return new Join(count, FOR_EVER, OnFailure.IGNORE);
	}

	/**
	 * Waits up to the limit.
	 * @param limit how long; zero checks once without waiting
	 * @return settings with that limit
	 */
	public Join within(Duration limit) {
		return new Join(this.count, limit, this.onFailure);
	}

	/**
	 * Throws the first failure as soon as it occurs. The others go on.
	 * @return settings that raise
	 */
	public Join raising() {
		return new Join(this.count, this.limit, OnFailure.RAISE);
	}

	/**
	 * Throws the first failure, after the others have been killed and have ended, or the
	 * time is over.
	 * @return settings that raise and kill
	 */
	public Join killingOthers() {
		return new Join(this.count, this.limit, OnFailure.KILL_OTHERS);
	}

	long nanos() {
		return Limits.nanos(this.limit, "limit");
	}

	boolean raises() {
		return this.onFailure != OnFailure.IGNORE;
	}

	/** What to do if one of the joined threads has failed. */
	public enum OnFailure {

		/** Go on waiting; the caller checks the outcomes. */
		IGNORE,

		/** Throw it at once and leave the others alone. */
		RAISE,

		/** Kill the others, wait for their end, and throw it. */
		KILL_OTHERS

	}

}
