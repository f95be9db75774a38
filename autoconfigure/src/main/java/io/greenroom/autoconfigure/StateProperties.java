package io.greenroom.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Set;

import io.greenroom.deferred.InTransaction;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.context.annotation.Lazy;

/**
 * Settings of state machines.
 *
 * @param stopTimeout Time that a running body may take to end after a move from outside
 * has interrupted it; the move is then given up.
 * @param historySize Number of moves that each machine remembers.
 * @param guards Names of advice classes that judge the call that asks for a move, in
 * addition to security, validation, and advice that is annotated with StateGuard.
 * @param inTransaction Reaction to a move that is requested while its caller is in a
 * transaction; the move is not undone if the transaction rolls back.
 */
@Lazy
@ConfigurationProperties("greenroom.state")
record StateProperties(@DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration stopTimeout,
		@DefaultValue("16") int historySize, @DefaultValue Set<String> guards,
		@DefaultValue("warn") InTransaction inTransaction) {

	StateProperties {
		InvalidSettingException.require(stopTimeout.isPositive(), "greenroom.state.stop-timeout", stopTimeout,
				"a positive duration, such as 10s");
		InvalidSettingException.require(historySize >= 0 && historySize <= 10_000, "greenroom.state.history-size",
				historySize, "a number from 0 to 10000");
	}

}
