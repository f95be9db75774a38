package io.greenroom.autoconfigure;

import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.servlet.filter.OrderedRequestContextFilter;
import org.springframework.boot.web.servlet.AbstractFilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletContextInitializerBeans;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.filter.RequestContextFilter;
import org.springframework.web.filter.ServerHttpObservationFilter;

/**
 * Tells whether a filter takes part in the dispatch that ends asynchronous processing. A
 * filter that nothing is known of is taken to do so.
 */
final class AsyncFilters implements Predicate<ServletContext> {

	/** What they do in that dispatch is done on the green thread, or by a listener. */
	private static final Set<String> CONTENT_WITHOUT = Set.of(ServerHttpObservationFilter.class.getName(),
			RequestContextFilter.class.getName(), OrderedRequestContextFilter.class.getName());

	/** Containers add them by themselves, for other dispatches. */
	private static final Set<String> WEB_SOCKETS = Set.of("org.apache.tomcat.websocket.server.WsFilter",
			"org.eclipse.jetty.ee11.websocket.servlet.WebSocketUpgradeFilter");

	private final ListableBeanFactory beans;

	/** Volatile: whoever comes first finds it out, and two find the same. */
	private volatile @Nullable Boolean present;

	AsyncFilters(ListableBeanFactory beans) {
		this.beans = beans;
	}

	/** Filters are fixed once there are requests. */
	@Override
	public boolean test(ServletContext context) {
		Boolean known = this.present;
		if (known == null) {
			known = look(context);
			this.present = known;
		}
		return known;
	}

	private boolean look(ServletContext context) {
		Set<String> absent = namesOfThoseNotDispatchedTo();
		return context.getFilterRegistrations()
			.values()
			.stream()
			.filter((filter) -> !absent.contains(filter.getName()))
			.anyMatch((filter) -> takesPart(filter, context.getClassLoader()));
	}

	/** A container does not tell for which dispatches its filters are mapped. */
	private Set<String> namesOfThoseNotDispatchedTo() {
		Set<String> names = new HashSet<>();
		new ServletContextInitializerBeans(this.beans).forEach((initializer) -> {
			if (initializer instanceof AbstractFilterRegistrationBean<?> filter
					&& !filter.determineDispatcherTypes().contains(DispatcherType.ASYNC)) {
				names.add(filter.getFilterName());
			}
		});
		return names;
	}

	private static boolean takesPart(FilterRegistration filter, ClassLoader loader) {
		String name = String.valueOf(filter.getClassName());
		return !CONTENT_WITHOUT.contains(name) && !WEB_SOCKETS.contains(name) && !isLeftOut(name, loader);
	}

	/** As most filters that run once for a request are, unless they say otherwise. */
	private static boolean isLeftOut(String name, ClassLoader loader) {
		try {
			Class<?> type = ClassUtils.forName(name, loader);
			Method says = ReflectionUtils.findMethod(type, "shouldNotFilterAsyncDispatch");
			return says != null && says.getDeclaringClass() == OncePerRequestFilter.class;
		}
		catch (ClassNotFoundException | LinkageError unknown) {
			return false;
		}
	}

}
