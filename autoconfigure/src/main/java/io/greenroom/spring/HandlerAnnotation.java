package io.greenroom.spring;

import java.time.Duration;
import java.util.function.UnaryOperator;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.Overflow;
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
		String timeout = placeholders.apply(annotation.timeout());
		return timeout.isBlank() ? options : options.withTimeout(parse(timeout.trim(), beanName));
	}

	private static Duration parse(String timeout, String beanName) {
		@Nullable Duration duration = null;
		try {
			duration = DurationFormatterUtils.detectAndParse(timeout);
		}
		catch (IllegalArgumentException notOne) {
			// Said below, with the bean's name.
		}
		check(duration != null && duration.isPositive(), beanName, "timeout", timeout,
				"a positive duration such as 200ms or 5s");
		return java.util.Objects.requireNonNull(duration);
	}

	private static void check(boolean holds, String beanName, String attribute, Object value, String allowed) {
		if (!holds) {
			throw new IllegalArgumentException("@DeferredHandler(%s) of bean '%s' is '%s'; give %s".formatted(attribute,
					beanName, value, allowed));
		}
	}

}
