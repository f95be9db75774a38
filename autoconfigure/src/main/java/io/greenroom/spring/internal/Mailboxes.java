package io.greenroom.spring.internal;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.InvalidHandlerException;
import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.spring.InvalidHandlersException;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Creates the handlers' mailboxes, puts them in front of their beans, and ends handlers
 * with their beans. Separate from {@link HandlerBeanPostProcessor}, so that an
 * application without handlers loads nothing of it.
 */
final class Mailboxes {

	private final HandlerNeeds needs;

	private final HandlerLoops loops;

	private final boolean strict;

	/** Gives a bean a proxy, by its name. */
	private final BiFunction<Object, String, @Nullable Object> proxies;

	private final @Nullable ConfigurableBeanFactory beanFactory;

	/**
	 * The handlers of living beans. A handler is kept by its proxy, and not by this map.
	 */
	private final WeakIdentityMap<Handler> handlers = new WeakIdentityMap<>();

	Mailboxes(HandlerNeeds needs, HandlerLoops loops, boolean strict,
			BiFunction<Object, String, @Nullable Object> proxies, @Nullable ConfigurableBeanFactory beanFactory) {
		this.needs = needs;
		this.loops = loops;
		this.strict = strict;
		this.proxies = proxies;
		this.beanFactory = beanFactory;
	}

	/**
	 * Returns the bean's proxy with its mailbox, or the bean itself if it is not a
	 * handler.
	 */
	Object of(Object bean, String beanName, Class<?> type, boolean isHandler) {
		if (!isHandler) {
			rejectStray(type, beanName);
			return bean;
		}
		if (bean instanceof Advised advised) {
			rejectFrozen(advised, beanName);
		}
		HandlerType handlerType = handlerType(type, beanName);
		Object proxy = this.proxies.apply(bean, beanName);
		Object target = AopProxyUtils.getSingletonTarget(proxy);
		if (!(proxy instanceof Advised advised) || target == null) {
			throw new IllegalStateException(
					"Handler bean '%s' has a proxy with a changing target, so it can't have a single mailbox; annotate the target bean instead"
						.formatted(beanName));
		}
		KeyedActivation making = KeyedActivation.of(beanName);
		Handler handler = (making != null) ? making.handler() : new Handler(this.needs.scheduler(), handlerType, target,
				options(type, beanName), this.needs.transactions());
		advised.setTargetSource(new HandlerTarget(target));
		advised.removeAdvisor(HandlerBeanPostProcessor.Placeholder.ADVISOR);
		advised.addAdvisor(0, new MailboxInterceptor(handler, this.strict,
				(making != null) ? making.known() : new MailboxInterceptor.Known()));
		if (making != null) {
			// It ends with its key.
			return proxy;
		}
		String stored = OutboxDefinitions.BEANS.nameOf(this.beanFactory, beanName);
		if (stored != null && this.beanFactory != null) {
			handler.storedBy(OutboxDefinitions.calls(this.beanFactory, stored));
		}
		OutboxDefinitions.rejectLate(this.beanFactory, beanName, type);
		this.handlers.put(target, handler);
		this.loops.add(handler, endsWithBean(beanName));
		if (this.beanFactory != null) {
			HandlerDefinitions.addLate(this.beanFactory, beanName, type);
		}
		return proxy;
	}

	boolean has(Object bean) {
		return this.handlers.get(bean) != null;
	}

	/** Ends a bean's handler, if it has one. */
	void end(Object bean) {
		Handler handler = this.handlers.get(bean);
		if (handler != null) {
			this.handlers.remove(bean);
			this.loops.end(handler);
		}
	}

	/** Scopes may outlive the context, and destroy nothing for it. */
	private boolean endsWithBean(String beanName) {
		ConfigurableBeanFactory factory = this.beanFactory;
		return factory != null && factory.containsBean(beanName) && factory.isSingleton(beanName)
				&& !factory.isFactoryBean(beanName);
	}

	private static void rejectStray(Class<?> type, String beanName) {
		String stray = HandlerLint.stray(type);
		if (stray != null) {
			throw new InvalidHandlersException(Map.of(beanName, new InvalidHandlerException(type, List.of(stray))));
		}
	}

	static void rejectFrozen(Advised proxy, String beanName) {
		if (proxy.isFrozen()) {
			throw new IllegalStateException(
					"Handler bean '%s' has a frozen proxy, so its mailbox can't be the outermost advice; create the proxy without setFrozen(true)"
						.formatted(beanName));
		}
	}

	private static HandlerType handlerType(Class<?> type, String beanName) {
		try {
			return HandlerType.of(type);
		}
		catch (InvalidHandlerException ex) {
			throw new InvalidHandlersException(Map.of(beanName, ex));
		}
	}

	private HandlerOptions options(Class<?> type, String beanName) {
		DeferredHandler annotation = AnnotatedElementUtils.findMergedAnnotation(type, DeferredHandler.class);
		return HandlerAnnotation.options(Objects.requireNonNull(annotation), beanName, this.needs.options(),
				this::withoutPlaceholders);
	}

	private String withoutPlaceholders(String text) {
		String resolved = (this.beanFactory != null) ? this.beanFactory.resolveEmbeddedValue(text) : text;
		return (resolved != null) ? resolved : "";
	}

}
