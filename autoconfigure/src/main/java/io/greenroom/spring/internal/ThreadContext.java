package io.greenroom.spring.internal;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import io.greenroom.durable.internal.CallContext;
import io.greenroom.observe.ContextCarrier;
import org.slf4j.MDC;

import org.springframework.context.i18n.LocaleContext;
import org.springframework.context.i18n.LocaleContextHolder;

/** Carries the logging context and the locale with stored calls. */
public final class ThreadContext implements CallContext {

	private static final String MDC_PREFIX = "mdc.";

	private static final String LOCALE = "locale";

	/** Creates the context. */
	public ThreadContext() {
	}

	@Override
	public void write(String call, Map<String, String> into) {
		Map<String, String> mdc = MDC.getCopyOfContextMap();
		if (mdc != null) {
			mdc.forEach((name, value) -> {
				if (name != null && value != null) {
					into.put(MDC_PREFIX + name, value);
				}
			});
		}
		LocaleContext context = LocaleContextHolder.getLocaleContext();
		Locale locale = (context != null) ? context.getLocale() : null;
		if (locale != null) {
			into.put(LOCALE, locale.toLanguageTag());
		}
	}

	@Override
	public ContextCarrier.Scope open(String call, Map<String, String> from) {
		Map<String, String> before = MDC.getCopyOfContextMap();
		LocaleContext localeBefore = LocaleContextHolder.getLocaleContext();
		Map<String, String> mdc = new HashMap<>();
		from.forEach((name, value) -> {
			if (name.startsWith(MDC_PREFIX)) {
				mdc.put(name.substring(MDC_PREFIX.length()), value);
			}
		});
		MDC.setContextMap(mdc);
		String locale = from.get(LOCALE);
		if (locale != null) {
			LocaleContextHolder.setLocale(Locale.forLanguageTag(locale));
		}
		else {
			LocaleContextHolder.resetLocaleContext();
		}
		return () -> {
			LocaleContextHolder.setLocaleContext(localeBefore);
			if (before != null) {
				MDC.setContextMap(before);
			}
			else {
				MDC.clear();
			}
		};
	}

}
