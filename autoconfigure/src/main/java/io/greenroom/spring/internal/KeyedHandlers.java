package io.greenroom.spring.internal;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.keyed.internal.KeyRouting;
import io.greenroom.keyed.internal.KeyType;
import io.greenroom.keyed.internal.KeyedFactory;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.keyed.internal.KeyedOptions;
import io.greenroom.state.StateClass;
import io.greenroom.state.StateDescriptor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;

/** Creates the objects for {@link io.greenroom.keyed.Keyed} injection points. */
public final class KeyedHandlers {

	private static final Logger log = LoggerFactory.getLogger(Deferred.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final HandlerNeeds needs;

	private final Supplier<KeyedOptions> keyedDefaults;

	private final List<KeyedHandler<?, ?>> all = new CopyOnWriteArrayList<>();

	/**
	 * Creates the factory.
	 * @param beanFactory contains the handlers' beans
	 * @param needs what their instances are created with
	 * @param keyedDefaults provides the default options
	 */
	public KeyedHandlers(ConfigurableListableBeanFactory beanFactory, HandlerNeeds needs,
			Supplier<KeyedOptions> keyedDefaults) {
		this.beanFactory = beanFactory;
		this.needs = needs;
		this.keyedDefaults = keyedDefaults;
	}

	/**
	 * Returns the keyed handlers that were requested so far.
	 * @return the handlers
	 */
	public List<KeyedHandler<?, ?>> all() {
		return List.copyOf(this.all);
	}

	/** Returns the object to inject for a bean. A factory method for bean definitions. */
	static KeyedHandler<?, ?> of(KeyedHandlers handlers, String beanName) {
		return handlers.make(beanName);
	}

	@SuppressWarnings({ "unchecked", "rawtypes" })
	private KeyedHandler<?, ?> make(String beanName) {
		Class<?> type = Objects.requireNonNull(KeyedNames.typeOf(this.beanFactory, beanName));
		DeferredHandler annotation = Objects
			.requireNonNull(AnnotatedElementUtils.findMergedAnnotation(type, DeferredHandler.class));
		HandlerOptions options = HandlerAnnotation.options(annotation, beanName, this.needs.options(),
				this::withoutPlaceholders);
		KeyedOptions keyed = this.keyedDefaults.get();
		Duration idle = HandlerAnnotation.idle(annotation, beanName, keyed.idle(), this::withoutPlaceholders);
		StateClass states = states(type);
		Predicate<Method> passing = (states != null) ? states::isState : (method) -> false;
		DurableBean durable = DurableHandlers.of(this.beanFactory, beanName, beanName + KeyedNames.SUFFIX, states);
		KeyType keys = KeyType.of(type);
		KeyedFactory<?> factory = new KeyedBeans(this.beanFactory, beanName, keys, states, durable);
		KeyedHandler<?, ?> made = new KeyedHandler(this.needs.scheduler(), type, keys, options, keyed.withIdle(idle),
				this.needs.transactions(), passing, factory, routing(beanName + KeyedNames.SUFFIX));
		if (durable != null) {
			durable.watch(keys, made);
		}
		else if (states != null) {
			warnOfIdle(beanName, states, idle);
		}
		String stored = OutboxDefinitions.BEANS.nameOf(this.beanFactory, beanName);
		if (stored != null) {
			made.storedBy(OutboxDefinitions.calls(this.beanFactory, stored));
		}
		this.all.add(made);
		return made;
	}

	/** A machine in memory that is removed as idle does not time out any more. */
	private static void warnOfIdle(String beanName, StateClass states, Duration idle) {
		for (StateDescriptor state : states.states()) {
			Duration timeout = state.timeout();
			if (timeout != null && timeout.compareTo(idle) >= 0) {
				log.warn(
						"State '{}' of handler '{}' times out after {}, but a key that is idle for {} is removed with its state and its timeout; add @Durable, or set the handler's idle or greenroom.keyed.idle to more than that",
						state.name(), beanName, timeout, idle);
			}
		}
	}

	/**
	 * In a cluster, keyed handlers end before this node leaves it.
	 */
	private KeyRouting routing(String keyedName) {
		for (String name : BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory, KeyRouting.class,
				false, false)) {
			if (this.beanFactory.containsLocalBean(name)) {
				this.beanFactory.registerDependentBean(name, keyedName);
			}
			return this.beanFactory.getBean(name, KeyRouting.class);
		}
		return KeyRouting.HERE;
	}

	private @Nullable StateClass states(Class<?> type) {
		boolean machines = this.beanFactory.getBeanNamesForType(StateBeanPostProcessor.class, false, false).length > 0;
		return (machines && StateClass.isPresentOn(type)) ? StateClass.of(type) : null;
	}

	private String withoutPlaceholders(String text) {
		String resolved = this.beanFactory.resolveEmbeddedValue(text);
		return (resolved != null) ? resolved : "";
	}

}
