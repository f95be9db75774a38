package io.greenroom.observe;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** The live numbers of one pool. */
public interface PoolGauges {

	/**
	 * Returns the limit.
	 * @return how many slots there are
	 */
	int size();

	/**
	 * Returns the number of slots in use.
	 * @return how many slots are taken
	 */
	int active();

	/**
	 * Returns the length of the line.
	 * @return how many wait for a slot
	 */
	int queued();

	/**
	 * Returns how many requests were rejected since the pool was created.
	 * @return the counts by {@linkplain PoolListener#rejected reason}, without reasons
	 * that never occurred
	 */
	default Map<String, Long> rejected() {
		return Map.of();
	}

	/**
	 * Returns how long ago the last request was rejected.
	 * @return the time since, or {@code null} if none was
	 */
	default @Nullable Duration sinceRejected() {
		return null;
	}

}
