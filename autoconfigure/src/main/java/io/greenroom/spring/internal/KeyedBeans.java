package io.greenroom.spring.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerHost.Made;
import io.greenroom.keyed.KeyedEntry;
import io.greenroom.keyed.StrandedKey;
import io.greenroom.keyed.internal.KeyType;
import io.greenroom.keyed.internal.KeyedFactory;
import io.greenroom.state.StateClass;
import io.greenroom.state.StateDescriptor;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanInstantiationException;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;

/** Creates and destroys the instances of a keyed handler as Spring beans. */
final class KeyedBeans implements KeyedFactory<Object> {

	private final ConfigurableBeanFactory beanFactory;

	private final String beanName;

	private final KeyType keys;

	private final MailboxInterceptor.Known known = new MailboxInterceptor.Known();

	/** {@code null} if instances are in memory only. */
	private final @Nullable DurableBean durable;

	/** {@code null} if there are no machines. */
	private final @Nullable Supplier<StateMachines> machines;

	private final Map<String, StateDescriptor> states;

	/**
	 * Creates the factory.
	 * @param beanFactory contains the bean
	 * @param beanName its name
	 * @param keys the type of its keys
	 * @param states its states, or {@code null} if it has none
	 * @param durable its durable parts, or {@code null} if it is not durable
	 */
	KeyedBeans(ConfigurableBeanFactory beanFactory, String beanName, KeyType keys, @Nullable StateClass states,
			@Nullable DurableBean durable) {
		this.keys = keys;
		this.durable = durable;
		this.beanFactory = beanFactory;
		this.beanName = beanName;
		this.machines = (states != null) ? () -> beanFactory.getBean(StateMachines.class) : null;
		this.states = (states != null)
				? states.states().stream().collect(Collectors.toMap(StateDescriptor::name, (state) -> state))
				: Map.of();
	}

	@Override
	public Made make(Object key, Handler handler) throws Throwable {
		DurableActivation fence = (this.durable != null) ? new DurableActivation(this.durable, key, handler) : null;
		KeyedActivation making = KeyedActivation.begin(this.beanName, key, handler, this.known, fence);
		try {
			Object bean = this.beanFactory.getBean(this.beanName);
			if (DeferredHandles.handler(bean) != handler) {
				throw new IllegalStateException(
						"The bean '%s' for %s was replaced by a bean post-processor, which bypasses the mailbox; exclude the handler from that post-processor"
							.formatted(this.beanName, handler.name()));
			}
			Object target = SpringProxies.targetOf(bean);
			if (fence != null) {
				fence.ready(target);
			}
			return new Made(target, bean);
		}
		catch (BeanCreationException failure) {
			throw own(failure);
		}
		finally {
			making.end();
		}
	}

	/** Callers receive the exception of the user's constructor or initialisation. */
	private Throwable own(BeanCreationException failure) {
		Throwable cause = failure.getCause();
		if (!this.beanName.equals(failure.getBeanName()) || cause == null) {
			return failure;
		}
		Throwable thrown = (cause instanceof BeanInstantiationException instantiation
				&& instantiation.getConstructor() != null) ? cause.getCause() : cause;
		return (thrown == null || thrown instanceof BeansException) ? failure : thrown;
	}

	@Override
	public void end(Object key, Made instance) {
		this.beanFactory.destroyBean(this.beanName, instance.target());
	}

	@Override
	public Set<String> states() {
		return this.states.keySet();
	}

	@Override
	public boolean isStored() {
		return this.durable != null;
	}

	@Override
	public @Nullable KeyedEntry<Object> stored(Object key) {
		return (this.durable != null) ? this.durable.listing(this.keys).entry(key) : null;
	}

	@Override
	public @Nullable List<KeyedEntry<Object>> in(String state, int limit) {
		return (this.durable != null) ? this.durable.listing(this.keys).in(state, limit) : null;
	}

	@Override
	public @Nullable Map<String, Long> counts() {
		return (this.durable != null) ? this.durable.listing(this.keys).counts() : null;
	}

	@Override
	public List<StrandedKey<Object>> stranded(int limit) {
		return (this.durable != null) ? this.durable.listing(this.keys).stranded(limit) : List.of();
	}

	@Override
	public long strandedCount() {
		return (this.durable != null) ? this.durable.listing(this.keys).strandedCount() : 0;
	}

	@Override
	public @Nullable KeyedEntry<Object> entry(Object key, Made instance) {
		if (this.machines == null) {
			return null;
		}
		StateMachine machine = this.machines.get().of(instance.target());
		String state = machine.current();
		Instant since = machine.since();
		StateDescriptor known = (state != null) ? this.states.get(state) : null;
		Duration timeout = (known != null && !machine.isDone()) ? known.timeout() : null;
		return new KeyedEntry<>(key, state, since, (timeout != null && since != null) ? since.plus(timeout) : null);
	}

}
