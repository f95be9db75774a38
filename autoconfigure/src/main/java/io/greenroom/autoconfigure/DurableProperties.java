package io.greenroom.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import io.greenroom.jdbc.SchemaMode;

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
 */
@ConfigurationProperties("greenroom.durable")
record DurableProperties(@DefaultValue("create") SchemaMode schema,
		@DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) Duration lockTimeout) {

	DurableProperties {
		InvalidSettingException.require(lockTimeout.compareTo(Duration.ofSeconds(1)) >= 0,
				"greenroom.durable.lock-timeout", lockTimeout, "a duration of 1s or more");
	}

}
