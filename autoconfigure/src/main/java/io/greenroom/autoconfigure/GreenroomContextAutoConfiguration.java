package io.greenroom.autoconfigure;

import java.util.List;
import java.util.Map;

import io.greenroom.context.internal.Detachment;
import io.greenroom.context.internal.FixedLocale;
import io.greenroom.context.internal.MdcAccessor;
import io.greenroom.context.internal.RegisteredContext;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.trace.HandlerCallConvention;
import io.greenroom.trace.StateBodyConvention;
import io.greenroom.trace.internal.TraceObserver;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.i18n.LocaleContextThreadLocalAccessor;
import org.springframework.core.annotation.Order;
import org.springframework.web.context.request.RequestAttributesThreadLocalAccessor;

/**
 * Auto-configuration for the propagation of context to green threads: everything that is
 * registered with Micrometer's context propagation, the logging context, the locale, and
 * the request attributes, which are only visible to work that is waited for. Can be
 * disabled with {@code greenroom.context.enabled=false}.
 */
@AutoConfiguration(before = GreenSchedulerAutoConfiguration.class)
@ConditionalOnClass(ThreadLocalAccessor.class)
@ConditionalOnBooleanProperty(name = "greenroom.context.enabled", matchIfMissing = true)
public final class GreenroomContextAutoConfiguration {

	/** By name, because Spring's web support is optional. */
	private static final String REQUEST = "org.springframework.web.context.request.RequestAttributesThreadLocalAccessor.KEY";

	@Bean
	@ConditionalOnMissingBean
	ContextCarrier greenroomContextCarrier(ObjectProvider<ThreadLocalAccessor<?>> accessors) {
		List<ThreadLocalAccessor<?>> ordered = accessors.orderedStream().toList();
		return new RegisteredContext(ContextRegistry.getInstance(), ordered,
				Map.of(LocaleContextThreadLocalAccessor.KEY, new FixedLocale(), REQUEST, Detachment.LEFT_OUT));
	}

	/** First, so that a trace that writes into the logging context comes after it. */
	@Bean
	@Order(0)
	@ConditionalOnMissingBean
	MdcAccessor greenroomMdcAccessor() {
		return new MdcAccessor();
	}

	@Bean
	@ConditionalOnMissingBean
	LocaleContextThreadLocalAccessor greenroomLocaleAccessor() {
		return new LocaleContextThreadLocalAccessor();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(RequestAttributesThreadLocalAccessor.class)
	static class RequestConfiguration {

		@Bean
		@ConditionalOnMissingBean
		RequestAttributesThreadLocalAccessor greenroomRequestAccessor() {
			return new RequestAttributesThreadLocalAccessor();
		}

	}

	/** The context of a call is what its observation is a child of. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ObservationRegistry.class)
	@Conditional(OnObservations.class)
	static class ObservationConfiguration {

		@Bean
		@ConditionalOnMissingBean
		static TraceObserver greenroomTraceObserver() {
			return new TraceObserver();
		}

		/** The scheduler, and with it the observer, may be made before the registry. */
		@Bean
		SmartInitializingSingleton greenroomTraceBinding(TraceObserver observer,
				ObjectProvider<ObservationRegistry> registry, ObjectProvider<HandlerCallConvention> calls,
				ObjectProvider<StateBodyConvention> states) {
			return () -> registry
				.ifUnique((known) -> observer.bindTo(known, calls.getIfAvailable(), states.getIfAvailable()));
		}

	}

}
