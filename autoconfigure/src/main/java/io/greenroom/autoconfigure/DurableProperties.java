package io.greenroom.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import io.greenroom.jdbc.internal.SchemaMode;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * Settings of durable handlers.
 *
 * @param schema Who makes the tables: Greenroom at the start (create), or the
 * application, with a look at the start whether they fit (validate) or without (none).
 * @param lockTimeout Longest time that a write waits for another transaction that has the
 * row, in whole seconds; on H2 the lock timeout of its URL counts.
 * @param sweep How often to look for timeouts of states that come, and for states whose
 * node is gone.
 * @param nodeTimeout How long a node must not have been seen before others go on with the
 * states that it was in; more than the sweep.
 */
@ConfigurationProperties("greenroom.durable")
record DurableProperties(@DefaultValue("create") SchemaMode schema,
		@DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) Duration lockTimeout,
		@DefaultValue("1s") @DurationUnit(ChronoUnit.SECONDS) Duration sweep,
		@DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration nodeTimeout) {

	DurableProperties {
		InvalidSettingException.require(lockTimeout.compareTo(Duration.ofSeconds(1)) >= 0,
				"greenroom.durable.lock-timeout", lockTimeout, "a duration of 1s or more");
		InvalidSettingException.require(sweep.compareTo(Duration.ofMillis(10)) >= 0, "greenroom.durable.sweep", sweep,
				"a duration of 10ms or more");
		InvalidSettingException.require(nodeTimeout.compareTo(Duration.ofSeconds(1)) >= 0,
				"greenroom.durable.node-timeout", nodeTimeout, "a duration of 1s or more");
	}

}
