package io.greenroom.observe;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** The live numbers of one pool. */
public interface PoolGauges {

	/**
	 * Returns the limit.
	 * @return how many may be at work at once
	 */
	int size();

	/**
	 * Returns the number at work.
	 * @return how many slots are taken
	 */
	int active();

	/**
	 * Returns the length of the line.
	 * @return how many wait for a slot
	 */
	int queued();

	/**
	 * Returns how many were rejected since the pool was made.
	 * @return the counts by reason, as {@link PoolListener#rejected} has them; without
	 * those that never occurred
	 */
	default Map<String, Long> rejected() {
		return Map.of();
	}

	/**
	 * Returns how long ago the last one was rejected.
	 * @return the time since; {@code null} if none was
	 */
	default @Nullable Duration sinceRejected() {
		return null;
	}

}
