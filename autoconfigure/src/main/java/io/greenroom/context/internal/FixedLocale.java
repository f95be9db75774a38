package io.greenroom.context.internal;

import java.util.TimeZone;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

import org.springframework.context.i18n.LocaleContext;
import org.springframework.context.i18n.SimpleLocaleContext;
import org.springframework.context.i18n.SimpleTimeZoneAwareLocaleContext;
import org.springframework.context.i18n.TimeZoneAwareLocaleContext;

/**
 * Looks up the locale and time zone of a thread once and for all. The context that Spring
 * MVC binds to a request's thread asks the request each time, also when that is over and
 * serves somebody else.
 */
public final class FixedLocale implements Detachment {

	/** Makes the detachment. */
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
