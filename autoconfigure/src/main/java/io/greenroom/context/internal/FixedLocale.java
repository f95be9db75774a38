package io.greenroom.context.internal;

import java.util.TimeZone;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

import org.springframework.context.i18n.LocaleContext;
import org.springframework.context.i18n.SimpleLocaleContext;
import org.springframework.context.i18n.SimpleTimeZoneAwareLocaleContext;
import org.springframework.context.i18n.TimeZoneAwareLocaleContext;

/**
 * Reads the locale and time zone of a thread once. The context that Spring MVC binds to a
 * request's thread reads them from the request each time, even after the request has
 * ended and its object serves another one.
 */
public final class FixedLocale implements Detachment {

	/** Creates the detachment. */
	public FixedLocale() {
	}

	@Override
	public @Nullable Object detached(ThreadLocalAccessor<?> accessor) {
		Object value = accessor.getValue();
		if (value instanceof TimeZoneAwareLocaleContext zoned) {
			TimeZone zone = zoned.getTimeZone();
			return new SimpleTimeZoneAwareLocaleContext(zoned.getLocale(), zone);
		}
		return (value instanceof LocaleContext context) ? new SimpleLocaleContext(context.getLocale()) : value;
	}

}
