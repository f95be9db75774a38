package io.greenroom.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.greenroom.web.RunInPool;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Sizes of the pools that controllers run in. The pool {@code default} is always there.
 *
 * @param pools Pools by name.
 */
@ConfigurationProperties("greenroom")
record PoolsProperties(@DefaultValue Map<String, Pool> pools) {

	/** Checks each pool, and adds the default one where it is not configured. */
	PoolsProperties {
		Map<String, Pool> all = new LinkedHashMap<>();
		all.put(RunInPool.DEFAULT, Pool.DEFAULT);
		all.putAll(pools);
		all.forEach((name, pool) -> pool.check(key(name)));
		pools = all;
	}

	/** Returns the prefix of a pool's keys, as the user writes it. */
	static String key(String name) {
		return "greenroom.pools." + name;
	}

	/**
	 * One pool.
	 *
	 * @param size How many controllers may be at work at once.
	 * @param queueCapacity How many requests may wait in line; those past it are refused
	 * at once.
	 * @param queueTimeout How long a request waits in line before it is refused.
	 * @param retryAfter When a refused client is told to come again.
	 */
	record Pool(@DefaultValue("200") int size, @DefaultValue("1000") int queueCapacity,
			@DefaultValue("5s") Duration queueTimeout, @DefaultValue("1s") Duration retryAfter) {

		private static final Pool DEFAULT = new Pool(200, 1000, Duration.ofSeconds(5), Duration.ofSeconds(1));

		private void check(String key) {
			InvalidSettingException.require(this.size >= 1, key + ".size", this.size, "1 or more");
			InvalidSettingException.require(this.queueCapacity >= 0, key + ".queue-capacity", this.queueCapacity,
					"0 (nobody waits) or more");
			InvalidSettingException.require(!this.queueTimeout.isNegative(), key + ".queue-timeout", this.queueTimeout,
					"0 (nobody waits) or a positive duration such as 5s");
			InvalidSettingException.require(!this.retryAfter.isNegative(), key + ".retry-after", this.retryAfter,
					"0 or a positive duration such as 1s");
		}

	}

}
