package io.greenroom.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import io.greenroom.keyed.internal.KeyedOptions;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.context.annotation.Lazy;

/**
 * Settings of keyed handlers.
 *
 * @param idle Time after which the instance of a key that is not called is removed.
 * @param maxActive Maximum number of instances of a handler; beyond it, the longest idle
 * one is removed.
 */
@Lazy
@ConfigurationProperties("greenroom.keyed")
record KeyedProperties(@DefaultValue("10m") @DurationUnit(ChronoUnit.SECONDS) Duration idle,
		@DefaultValue("100000") int maxActive) {

	KeyedProperties {
		InvalidSettingException.require(idle.isPositive(), "greenroom.keyed.idle", idle,
				"a positive duration such as 10m");
		InvalidSettingException.require(maxActive >= 1, "greenroom.keyed.max-active", maxActive,
				"a number of instances, 1 or more");
	}

	KeyedOptions options() {
		return new KeyedOptions(this.idle, this.maxActive);
	}

}
