package io.greenroom.spring.internal;

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

/** Applies the attributes of a {@link DeferredHandler} annotation to the defaults. */
final class HandlerAnnotation {

	private HandlerAnnotation() {
	}

	static HandlerOptions options(DeferredHandler annotation, String beanName, HandlerOptions defaults,
			UnaryOperator<String> placeholders) {
		HandlerOptions.Builder options = defaults.toBuilder()
			.name(beanName)
			.processing(annotation.processing())
			.execution(annotation.execution())
			.onTimeout(annotation.onTimeout())
			.reentrant(annotation.reentrant());
		if (annotation.capacity() != 0) {
			check(annotation.capacity() > 0, beanName, "capacity", annotation.capacity(),
					"a number of calls, 1 or more");
			options.capacity(annotation.capacity());
		}
		for (Overflow overflow : annotation.overflow()) {
			options.overflow(overflow);
		}
		if (annotation.readers() != 0) {
			check(annotation.readers() > 0, beanName, "readers", annotation.readers(), "a number of bodies, 1 or more");
			options.readers(annotation.readers());
		}
		String busyLimit = placeholders.apply(annotation.busyLimit());
		options.busyLimit(notNegative(busyLimit, defaults.busyLimit(), beanName, "busyLimit"));
		for (Restart restart : annotation.restart()) {
			options.restart(restart(restart, beanName, defaults.restart(), placeholders));
		}
		String timeout = placeholders.apply(annotation.timeout());
		return options.timeout(positive(timeout, defaults.timeout(), beanName, "timeout")).build();
	}

	/** Returns how long a keyed instance that is not called is kept. */
	static Duration idle(DeferredHandler annotation, String beanName, Duration otherwise,
			UnaryOperator<String> placeholders) {
		return positive(placeholders.apply(annotation.idle()), otherwise, beanName, "idle");
	}

	private static RestartPolicy restart(Restart restart, String beanName, RestartPolicy defaults,
			UnaryOperator<String> placeholders) {
		check(restart.limit() >= 0, beanName, "restart.limit", restart.limit(),
				"the number of restarts, or 0 for none");
		Duration period = positive(placeholders.apply(restart.period()), defaults.period(), beanName, "restart.period");
		Duration backoff = notNegative(placeholders.apply(restart.backoff()), defaults.backoff(), beanName,
				"restart.backoff");
		return new RestartPolicy(restart.limit(), period, backoff);
	}

	private static Duration notNegative(String text, Duration otherwise, String beanName, String attribute) {
		Duration duration = parse(text, otherwise);
		check(duration != null && !duration.isNegative(), beanName, attribute, text.trim(),
				"a duration such as 100ms, or 0s");
		return Objects.requireNonNull(duration);
	}

	private static Duration positive(String text, Duration otherwise, String beanName, String attribute) {
		Duration duration = parse(text, otherwise);
		check(duration != null && duration.isPositive(), beanName, attribute, text.trim(),
				"a positive duration such as 200ms or 5s");
		return Objects.requireNonNull(duration);
	}

	/** Returns {@code null} if the text is not a duration. */
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
