package io.greenroom.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import io.greenroom.jdbc.internal.SchemaMode;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.context.annotation.Lazy;

/**
 * Settings of durable handlers.
 *
 * @param schema Creation of the tables: by Greenroom at the start (create), or by the
 * application, with a check at the start (validate) or without one (none).
 * @param lockTimeout Maximum time that a write waits for another transaction that holds
 * the row, in whole seconds. On H2, the lock timeout of the URL applies.
 * @param sweep Time between searches for states whose timeout is due or whose node is
 * gone.
 * @param nodeTimeout Time after its last sign of life after which a node counts as gone
 * and other nodes continue its states; longer than the sweep.
 */
@Lazy
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
