package io.greenroom.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

import io.greenroom.web.RunInPool;
import io.greenroom.web.internal.PoolTerms;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Sizes of the pools that controllers run in. The pool {@code default} always exists.
 *
 * @param pools Pools by name.
 */
@Lazy
@ConfigurationProperties("greenroom")
record PoolsProperties(@DefaultValue Map<String, Pool> pools) {

	static final int DEFAULT_SIZE = 200;

	/** Checks each pool, and adds the default pool if it is not configured. */
	PoolsProperties {
		Map<String, Pool> all = new LinkedHashMap<>();
		all.put(RunInPool.DEFAULT, Pool.DEFAULT);
		all.putAll(pools);
		for (Map.Entry<String, Pool> pool : pools.entrySet()) {
			pool.getValue().check(key(pool.getKey()));
		}
		pools = all;
	}

	/** Returns the settings, without binding if no key is set. */
	static PoolsProperties of(Environment environment, ObjectProvider<PoolsProperties> bound) {
		return SettingsCheck.isAnySet("greenroom.pools", environment) ? bound.getObject()
				: new PoolsProperties(Map.of());
	}

	/** Returns the prefix of a pool's keys, in the user's notation. */
	static String key(String name) {
		return "greenroom.pools.".concat(name);
	}

	/**
	 * The settings of a pool.
	 *
	 * @param size Number of controllers that may run at once, or "datasource" for the
	 * size of the connection pool.
	 * @param limit Method that determines the size: it is fixed, or follows the latency.
	 * @param minSize Minimum size with a limit other than "fixed".
	 * @param maxSize Maximum size with a limit other than "fixed".
	 * @param targetLatency Maximum time of a request before the limit "aimd" shrinks the
	 * pool.
	 * @param queueCapacity Number of requests that may wait in line; further ones are
	 * rejected immediately.
	 * @param queueTimeout Time that a request waits in line before it is rejected.
	 * @param bodyTimeout Time that a request in a slot may wait for its own body before
	 * it loses the slot and is answered with 408; 0 for no limit.
	 * @param writeTimeout Time that an answer in a slot may wait for its client to read
	 * before it loses the slot and its connection; 0 for no limit.
	 * @param rejectStatus Status of the answer to a rejected client.
	 * @param retryAfter Time after which a rejected client may retry, sent as
	 * Retry-After.
	 * @param retryAfterJitter Maximum random addition to that time.
	 */
	record Pool(@DefaultValue("200") String size, @DefaultValue("fixed") Limit limit, @DefaultValue("10") int minSize,
			@DefaultValue("1000") int maxSize,
			@DefaultValue("1s") @DurationUnit(ChronoUnit.SECONDS) Duration targetLatency,
			@DefaultValue("1000") int queueCapacity,
			@DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) Duration queueTimeout,
			@DefaultValue("1m") @DurationUnit(ChronoUnit.SECONDS) Duration bodyTimeout,
			@DefaultValue("0s") @DurationUnit(ChronoUnit.SECONDS) Duration writeTimeout,
			@DefaultValue("503") int rejectStatus,
			@DefaultValue("1s") @DurationUnit(ChronoUnit.SECONDS) Duration retryAfter,
			@DefaultValue("0s") @DurationUnit(ChronoUnit.SECONDS) Duration retryAfterJitter) {

		/** A size that is taken from the application's connection pool. */
		private static final String DATASOURCE = "datasource";

		static final Pool DEFAULT = new Pool(Integer.toString(DEFAULT_SIZE), Limit.FIXED, 10, 1000,
				Duration.ofSeconds(1), 1000, PoolTerms.DEFAULT.queueTimeout(), PoolTerms.DEFAULT.bodyTimeout(),
				PoolTerms.DEFAULT.writeTimeout(), PoolTerms.DEFAULT.status(), PoolTerms.DEFAULT.retryAfter(),
				PoolTerms.DEFAULT.retryAfterJitter());

		private void check(String key) {
			if (!isSizedByDataSource()) {
				size(key);
			}
			InvalidSettingException.require(this.queueCapacity >= 0, key + ".queue-capacity", this.queueCapacity,
					"0 (no waiting) or more");
			requireTime(this.queueTimeout, key + ".queue-timeout", "0 (no waiting)", "5s");
			requireTime(this.bodyTimeout, key + ".body-timeout", "0 (no limit)", "1m");
			requireTime(this.writeTimeout, key + ".write-timeout", "0 (no limit)", "5m");
			InvalidSettingException.require(this.rejectStatus >= 400 && this.rejectStatus <= 599,
					key + ".reject-status", this.rejectStatus, "a status from 400 to 599, such as 503 or 429");
			requireTime(this.retryAfter, key + ".retry-after", "0 (no Retry-After)", "1s");
			requireTime(this.retryAfterJitter, key + ".retry-after-jitter", "0 (none)", "3s");
			if (this.limit != Limit.FIXED) {
				InvalidSettingException.require(this.minSize >= 1 && this.minSize <= this.maxSize, key + ".min-size",
						this.minSize, "1 or more, and no more than max-size, which is " + this.maxSize);
				InvalidSettingException.require(!this.targetLatency.isZero() && isCountable(this.targetLatency),
						key + ".target-latency", this.targetLatency,
						"a positive duration such as 1s, and no more than " + most());
			}
		}

		private static void requireTime(Duration time, String key, String zero, String example) {
			InvalidSettingException.require(isCountable(time), key, time,
					zero + " or a positive duration such as " + example + ", and no more than " + most());
		}

		private static String most() {
			return PoolTerms.LONGEST.toDays() + "d";
		}

		private static boolean isCountable(Duration time) {
			return !time.isNegative() && time.compareTo(PoolTerms.LONGEST) <= 0;
		}

		boolean isSizedByDataSource() {
			return DATASOURCE.equalsIgnoreCase(this.size);
		}

		/**
		 * Returns the size as a number, which is the initial size if the limit is not
		 * fixed.
		 */
		int size(String key) {
			int number;
			try {
				number = Integer.parseInt(this.size.strip());
			}
			catch (NumberFormatException ex) {
				number = 0;
			}
			InvalidSettingException.require(number >= 1, key + ".size", this.size,
					"1 or more, or 'datasource' for the size of the connection pool");
			return number;
		}

		PoolTerms terms() {
			return new PoolTerms(this.queueTimeout, this.bodyTimeout, this.writeTimeout, this.rejectStatus,
					this.retryAfter, this.retryAfterJitter);
		}

	}

	/** The method that determines a pool's size. */
	enum Limit {

		/** The size is as configured. */
		FIXED,

		/**
		 * The size grows by one while requests are fast, and shrinks by a tenth
		 * otherwise.
		 */
		AIMD,

		/** The size follows the ratio of the current latency to the long-term latency. */
		GRADIENT

	}

}
