package io.greenroom.context.internal;

import java.util.Map;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Accesses the logging context of SLF4J as a whole. */
public final class MdcAccessor implements ThreadLocalAccessor<Map<String, String>> {

	/** The key in a registry. */
	public static final String KEY = "greenroom.mdc";

	/** Creates an accessor. */
	public MdcAccessor() {
	}

	@Override
	public Object key() {
		return KEY;
	}

	@Override
	public @Nullable Map<String, String> getValue() {
		Map<String, String> copy = MDC.getCopyOfContextMap();
		return (copy == null || copy.isEmpty()) ? null : copy;
	}

	@Override
	public void setValue(Map<String, String> value) {
		MDC.setContextMap(value);
	}

	@Override
	public void setValue() {
		MDC.clear();
	}

}
