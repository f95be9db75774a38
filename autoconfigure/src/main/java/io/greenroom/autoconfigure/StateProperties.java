package io.greenroom.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of state machines.
 *
 * @param enabled Whether methods with @State are states.
 * @param stopTimeout How long a running body may take to end once a move from outside has
 * interrupted it. After that the move is given up.
 * @param historySize How many moves each machine remembers.
 */
@ConfigurationProperties("greenroom.state")
record StateProperties(@DefaultValue("true") boolean enabled, @DefaultValue("10s") Duration stopTimeout,
		@DefaultValue("16") int historySize) {

	StateProperties {
		InvalidSettingException.require(stopTimeout.isPositive(), "greenroom.state.stop-timeout", stopTimeout,
				"a positive duration, such as 10s");
		InvalidSettingException.require(historySize >= 0 && historySize <= 10_000, "greenroom.state.history-size",
				historySize, "a number from 0 to 10000");
	}

}
