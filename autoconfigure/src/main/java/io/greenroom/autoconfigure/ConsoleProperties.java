package io.greenroom.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * The page for operators.
 *
 * @param enabled Whether the console is served where the endpoint 'greenroom' is exposed
 * over HTTP; with the developer tools unless set.
 * @param interval Time between two updates of the page. More where they would take more
 * than 1 % of a processor.
 */
@ConfigurationProperties("greenroom.console")
record ConsoleProperties(@Nullable Boolean enabled,
		@DefaultValue("2s") @DurationUnit(ChronoUnit.SECONDS) Duration interval) {

	private static final Duration LEAST = Duration.ofMillis(100);

	ConsoleProperties {
		InvalidSettingException.require(interval.compareTo(LEAST) >= 0, "greenroom.console.interval", interval,
				"a duration of 100ms or more");
	}

}
