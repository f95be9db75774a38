package io.greenroom.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.greenroom.web.HopGate;
import io.greenroom.web.HopHandlerMapping;
import jakarta.servlet.Filter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.util.ClassUtils;
import org.springframework.web.servlet.HandlerInterceptor;

/** Names at the start whom a hop concerns. */
final class HopRisks {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.web");

	private final ListableBeanFactory beans;

	HopRisks(ListableBeanFactory beans) {
		this.beans = beans;
	}

	void warn() {
		List<Object> all = new ArrayList<>(this.beans.getBeansOfType(Filter.class, false, false).values());
		this.beans.getBeansOfType(FilterRegistrationBean.class, false, false)
			.values()
			.forEach((registration) -> all.add(registration.getFilter()));
		Set<String> filters = names(all);
		List<HandlerInterceptor> asked = new ArrayList<>();
		this.beans.getBeansOfType(HopHandlerMapping.class, false, false)
			.values()
			.forEach((mapping) -> asked.addAll(mapping.interceptors()));
		Set<String> interceptors = names(asked);
		if (!filters.isEmpty() || !interceptors.isEmpty()) {
			log.warn("greenroom.web.mode=hop makes every request asynchronous, as a controller that returns a "
					+ "Callable does. Filters {} see their chain return before the controller has run, and what "
					+ "they do after it comes too early unless they take part in ASYNC dispatches; interceptors {} "
					+ "are asked twice beforehand. To let nobody notice: greenroom.web.mode=auto", filters,
					interceptors);
		}
	}

	/** Spring's and the servers' own know asynchronous requests. */
	private static Set<String> names(List<?> all) {
		Set<String> names = new TreeSet<>();
		for (Object one : all) {
			String name = ClassUtils.getUserClass(one).getName();
			if (!(one instanceof HopGate) && !name.startsWith("org.springframework.") && !name.startsWith("org.apache.")
					&& !name.startsWith("org.eclipse.jetty.")) {
				names.add(name);
			}
		}
		return names;
	}

}
