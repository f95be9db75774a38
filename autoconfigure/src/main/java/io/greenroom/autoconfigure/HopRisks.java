package io.greenroom.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.greenroom.web.internal.HopGate;
import io.greenroom.web.internal.HopHandlerMapping;
import jakarta.servlet.Filter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.debug.DebugFilter;
import org.springframework.util.ClassUtils;
import org.springframework.web.servlet.HandlerInterceptor;

/** Names, at the start, the filters and interceptors that a hop affects. */
final class HopRisks {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.web");

	/** When its chain returns, it decides which headers the controller has left to it. */
	private static final String HEADER_WRITER = "org.springframework.security.web.header.HeaderWriterFilter";

	private final ListableBeanFactory beans;

	HopRisks(ListableBeanFactory beans) {
		this.beans = beans;
	}

	void warn() {
		Set<String> filters = names(filters());
		List<HandlerInterceptor> asked = new ArrayList<>();
		this.beans.getBeansOfType(HopHandlerMapping.class, false, false)
			.values()
			.forEach((mapping) -> asked.addAll(mapping.interceptors()));
		Set<String> interceptors = names(asked);
		if (!filters.isEmpty() || !interceptors.isEmpty()) {
			log.warn("greenroom.web.mode=hop makes every request asynchronous, as a controller that returns a "
					+ "Callable does. Filters {} see their chain return before the controller has run, and what "
					+ "they do after it comes too early unless they take part in ASYNC dispatches; interceptors {} "
					+ "are called twice beforehand. To avoid both, set greenroom.web.mode=auto", filters, interceptors);
		}
	}

	private List<Filter> filters() {
		List<Filter> all = new ArrayList<>(this.beans.getBeansOfType(Filter.class, false, false).values());
		this.beans.getBeansOfType(FilterRegistrationBean.class, false, false)
			.values()
			.forEach((registration) -> all.add(registration.getFilter()));
		if (ClassUtils.isPresent("org.springframework.security.web.FilterChainProxy",
				HopRisks.class.getClassLoader())) {
			List.copyOf(all).forEach((filter) -> all.addAll(SecurityChains.within(filter)));
		}
		return all;
	}

	private static Set<String> names(List<?> all) {
		Set<String> names = new TreeSet<>();
		for (Object one : all) {
			String name = ClassUtils.getUserClass(one).getName();
			if (!knowsAsync(one, name)) {
				names.add(name);
			}
		}
		return names;
	}

	/** Those of Spring and of the servers support async, with one exception. */
	private static boolean knowsAsync(Object one, String name) {
		return !name.equals(HEADER_WRITER) && (one instanceof HopGate || name.startsWith("org.springframework.")
				|| name.startsWith("org.apache.") || name.startsWith("org.eclipse.jetty."));
	}

	/** Loaded only if Spring Security is present. */
	private static final class SecurityChains {

		static List<Filter> within(Filter filter) {
			return switch (filter) {
				case DebugFilter debug -> within(debug.getFilterChainProxy());
				case FilterChainProxy proxy ->
					proxy.getFilterChains().stream().flatMap((chain) -> chain.getFilters().stream()).toList();
				default -> List.of();
			};
		}

	}

}
