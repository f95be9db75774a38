package io.greenroom.green;

import java.time.Duration;
import java.util.Objects;

import io.greenroom.green.internal.Limits;

/**
 * How to join several green threads: for how many, how long, and what to do when one has
 * failed. Start with {@link #all()} or {@link #first(int)} and add what you want.
 *
 * @param count how many to wait for; all, if there are fewer
 * @param limit how long to wait at most
 * @param onFailure what to do when one has failed, or was killed
 */
public record Join(int count, Duration limit, OnFailure onFailure) {

	private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

	/** Checks the settings. */
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
	 * Waits until so many have ended, without a limit, whatever their outcome. The others
	 * live on.
	 * @param count how many; all, if there are fewer
	 * @return the settings
	 */
	public static Join first(int count) {
		return new Join(count, FOR_EVER, OnFailure.IGNORE);
	}

	/**
	 * Waits up to the limit.
	 * @param limit how long; zero looks once
	 * @return settings with that limit
	 */
	public Join within(Duration limit) {
		return new Join(this.count, limit, this.onFailure);
	}

	/**
	 * Throws the first failure as soon as it comes; the others live on.
	 * @return settings that raise
	 */
	public Join raising() {
		return new Join(this.count, this.limit, OnFailure.RAISE);
	}

	/**
	 * Throws the first failure, after the others have been killed and have ended, or the
	 * limit is over.
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

	/** What to do when one of those joined has failed. */
	public enum OnFailure {

		/** Go on waiting; the caller looks at the outcomes. */
		IGNORE,

		/** Throw it at once and leave the others alone. */
		RAISE,

		/** Kill the others, wait for their end, and throw it. */
		KILL_OTHERS

	}

}
