package io.greenroom.spring;

import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.Overflow;
import io.greenroom.deferred.Restart;
import io.greenroom.deferred.RestartPolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.format.datetime.standard.DurationFormatterUtils;

/** Reads what a {@link DeferredHandler} annotation says on top of the defaults. */
final class HandlerAnnotation {

	private HandlerAnnotation() {
	}

	static HandlerOptions options(DeferredHandler annotation, String beanName, HandlerOptions defaults,
			UnaryOperator<String> placeholders) {
		HandlerOptions options = defaults.withName(beanName)
			.withProcessing(annotation.processing())
			.withOnTimeout(annotation.onTimeout())
			.withReentrant(annotation.reentrant());
		if (annotation.capacity() != 0) {
			check(annotation.capacity() > 0, beanName, "capacity", annotation.capacity(), "a number of calls from 1");
			options = options.withCapacity(annotation.capacity());
		}
		for (Overflow overflow : annotation.overflow()) {
			options = options.withOverflow(overflow);
		}
		for (Restart restart : annotation.restart()) {
			options = options.withRestart(restart(restart, beanName, options.restart(), placeholders));
		}
		String timeout = placeholders.apply(annotation.timeout());
		return options.withTimeout(positive(timeout, options.timeout(), beanName, "timeout"));
	}

	private static RestartPolicy restart(Restart restart, String beanName, RestartPolicy defaults,
			UnaryOperator<String> placeholders) {
		check(restart.limit() >= 0, beanName, "restart.limit", restart.limit(), "0 for none, or a number of restarts");
		Duration period = positive(placeholders.apply(restart.period()), defaults.period(), beanName, "restart.period");
		Duration backoff = parse(placeholders.apply(restart.backoff()), defaults.backoff());
		check(backoff != null && !backoff.isNegative(), beanName, "restart.backoff", restart.backoff(),
				"a duration such as 100ms, or 0s");
		return new RestartPolicy(restart.limit(), period, Objects.requireNonNull(backoff));
	}

	private static Duration positive(String text, Duration otherwise, String beanName, String attribute) {
		Duration duration = parse(text, otherwise);
		check(duration != null && duration.isPositive(), beanName, attribute, text.trim(),
				"a positive duration such as 200ms or 5s");
		return Objects.requireNonNull(duration);
	}

	/** Returns {@code null} for what is no duration. */
	private static @Nullable Duration parse(String text, Duration otherwise) {
		try {
			return text.isBlank() ? otherwise : DurationFormatterUtils.detectAndParse(text.trim());
		}
		catch (IllegalArgumentException notOne) {
			return null;
		}
	}

	private static void check(boolean holds, String beanName, String attribute, Object value, String allowed) {
		if (!holds) {
			throw new IllegalArgumentException("@DeferredHandler(%s) of bean '%s' is '%s'; give %s".formatted(attribute,
					beanName, value, allowed));
		}
	}

}
