package io.greenroom.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import io.greenroom.actuate.internal.HealthTerms;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Settings of the health of handlers.
 *
 * @param stuckAfter Time a body may run, or a loop let no call in, before its handler is
 * among the stuck ones in the details of the health; never with 0.
 * @param stuckStatus Status of the health while a handler is stuck.
 * @param outboxAfter Age of the oldest waiting call of an outbox from which on the health
 * is down; never with 0.
 */
@Lazy
@ConfigurationProperties("greenroom.health")
record HealthProperties(@DefaultValue("1m") @DurationUnit(ChronoUnit.SECONDS) Duration stuckAfter,
		@DefaultValue("up") StuckStatus stuckStatus,
		@DefaultValue("0s") @DurationUnit(ChronoUnit.SECONDS) Duration outboxAfter) {

	private static final HealthProperties DEFAULTS = new HealthProperties(Duration.ofMinutes(1), StuckStatus.UP,
			Duration.ZERO);

	HealthProperties {
		InvalidSettingException.require(!stuckAfter.isNegative(), "greenroom.health.stuck-after", stuckAfter,
				"a duration such as 1m, or 0s for never");
		InvalidSettingException.require(!outboxAfter.isNegative(), "greenroom.health.outbox-after", outboxAfter,
				"a duration such as 5m, or 0s for never");
	}

	/** Returns what is set, without binding where nothing is. */
	static HealthProperties of(Environment environment, ObjectProvider<HealthProperties> bound) {
		return SettingsCheck.isAnySet("greenroom.health", environment) ? bound.getObject() : DEFAULTS;
	}

	HealthTerms terms() {
		return new HealthTerms(this.stuckAfter, switch (this.stuckStatus) {
			case UP -> Status.UP;
			case DOWN -> Status.DOWN;
			case OUT_OF_SERVICE -> Status.OUT_OF_SERVICE;
		}, this.outboxAfter);
	}

	/** What a stuck handler makes of the health. */
	enum StuckStatus {

		/** Nothing: it is a detail. */
		UP,

		/** The application is down. */
		DOWN,

		/** The application is to be left alone until it goes on. */
		OUT_OF_SERVICE

	}

}
