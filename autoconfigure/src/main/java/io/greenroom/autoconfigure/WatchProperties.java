package io.greenroom.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * Settings of the watch over the carriers of virtual threads.
 *
 * @param startLimit Time a virtual thread may take to begin before that is reported with
 * what holds a carrier; never with 0.
 * @param pinnedLimit Time a virtual thread may keep its carrier while it waits before
 * that is reported; never with 0. Starts Flight Recorder.
 * @param heldLimit Time virtual threads may hold all carriers while they wait before
 * another carrier is added; none is with 0.
 */
@ConfigurationProperties("greenroom.watch")
record WatchProperties(@DefaultValue("0s") @DurationUnit(ChronoUnit.SECONDS) Duration startLimit,
		@DefaultValue("0s") @DurationUnit(ChronoUnit.SECONDS) Duration pinnedLimit,
		@DefaultValue("1s") @DurationUnit(ChronoUnit.SECONDS) Duration heldLimit) {

	/** Without any setting. */
	static final WatchProperties DEFAULT = new WatchProperties(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1));

	WatchProperties {
		InvalidSettingException.require(isNoneOrLong(startLimit), "greenroom.watch.start-limit", startLimit,
				"a duration of 10ms or more such as 1s, or 0s for none");
		InvalidSettingException.require(isNoneOrLong(pinnedLimit), "greenroom.watch.pinned-limit", pinnedLimit,
				"a duration of 10ms or more such as 100ms, or 0s for none");
		InvalidSettingException.require(heldLimit.isZero() || heldLimit.compareTo(Duration.ofMillis(100)) >= 0,
				"greenroom.watch.held-limit", heldLimit, "a duration of 100ms or more such as 1s, or 0s for none");
	}

	private static boolean isNoneOrLong(Duration limit) {
		return limit.isZero() || limit.compareTo(Duration.ofMillis(10)) >= 0;
	}

}
