package io.greenroom.spring.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

import io.greenroom.deferred.InvalidHandlerException;
import io.greenroom.durable.Durable;
import io.greenroom.durable.internal.DurableMachine;
import io.greenroom.durable.internal.DurableNode;
import io.greenroom.durable.internal.DurableType;
import io.greenroom.durable.internal.RowStore;
import io.greenroom.observe.internal.Failures;
import io.greenroom.spring.InvalidHandlersException;
import io.greenroom.state.StateClass;
import io.greenroom.wire.Codec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The durable handlers of a context. Checks at the start whether their rows can be
 * stored. Without durable handlers, the database is not used.
 */
public final class DurableHandlers implements SmartInitializingSingleton, DisposableBean {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final RowStore rows;

	private final Codec codec;

	private final ReentrantLock opening = new ReentrantLock();

	private volatile boolean open;

	private final DurableNode node;

	private final DurableSweep sweep;

	/**
	 * Creates the collection of handlers.
	 * @param beanFactory contains the handlers' beans
	 * @param rows the store of their rows
	 * @param codec writes their fields
	 * @param sweep how often to look for machines that have pending work
	 * @param node this node
	 */
	public DurableHandlers(ConfigurableListableBeanFactory beanFactory, RowStore rows, Codec codec, Duration sweep,
			DurableNode node) {
		this.node = node;
		this.sweep = new DurableSweep(rows, this.node, sweep);
		this.beanFactory = beanFactory;
		this.rows = rows;
		this.codec = codec;
	}

	/**
	 * Returns the durable parts of a bean, or {@code null} if it is not durable.
	 * @param keyedName the name of the bean that its instances end with
	 * @param states its states, or {@code null} if it has none
	 */
	static @Nullable DurableBean of(ConfigurableListableBeanFactory beanFactory, String beanName, String keyedName,
			@Nullable StateClass states) {
		String name = DurableDefinitions.BEANS.nameOf(beanFactory, beanName);
		return (name != null) ? beanFactory.getBean(DurableHandlers.class)
			.make(name, DurableDefinitions.BEANS.typeOf(beanFactory, beanName), keyedName, states) : null;
	}

	private DurableBean make(String name, Class<?> type, String keyedName, @Nullable StateClass states) {
		open();
		// Keyed handlers end before the rows do.
		for (String mine : this.beanFactory.getBeanNamesForType(DurableHandlers.class, false, false)) {
			this.beanFactory.registerDependentBean(mine, keyedName);
		}
		Durable annotation = Objects.requireNonNull(DurableDefinitions.annotation(type));
		return new DurableBean(name, new DurableType(type, annotation.version()), this.rows, this.codec, states,
				this.node, this.sweep);
	}

	@Override
	public void afterSingletonsInstantiated() {
		Map<String, String> all = DurableDefinitions.BEANS.all(this.beanFactory);
		if (all.isEmpty()) {
			return;
		}
		Map<String, InvalidHandlerException> invalid = new TreeMap<>();
		all.forEach((bean, name) -> {
			Class<?> type = DurableDefinitions.BEANS.typeOf(this.beanFactory, bean);
			List<String> problems = new ArrayList<>(DurableType.unreadable(type, this.codec));
			if (StateClass.isPresentOn(type)) {
				problems.addAll(DurableMachine.problems(StateClass.of(type), this.codec));
			}
			if (!problems.isEmpty()) {
				invalid.put(bean, new InvalidHandlerException(type, problems));
			}
		});
		if (!invalid.isEmpty()) {
			throw new InvalidHandlersException(invalid);
		}
		open();
		List<String> unknown = new ArrayList<>(this.rows.handlers());
		unknown.removeAll(all.values());
		if (!unknown.isEmpty()) {
			log.warn(
					"There are rows of {}, but no durable handlers with these names; if a class or bean was renamed, set @Durable(name) to the old name, or its rows are not found",
					unknown);
		}
	}

	/** Pending timers and bodies continue after the application has started. */
	void start() {
		boolean machines = false;
		for (String bean : DurableDefinitions.BEANS.all(this.beanFactory).keySet()) {
			if (StateClass.isPresentOn(DurableDefinitions.BEANS.typeOf(this.beanFactory, bean))) {
				machines = true;
				this.beanFactory.getBean(bean + KeyedNames.SUFFIX);
			}
		}
		if (machines) {
			this.sweep.start();
		}
	}

	void stop() {
		this.sweep.stop();
	}

	/** Called when all bodies have ended. */
	@Override
	public void destroy() {
		this.sweep.close();
		try {
			this.node.leave();
		}
		catch (RuntimeException failure) {
			Failures.log(log, Level.WARN, failure,
					"The departure of this node could not be written to the database; other nodes notice it after greenroom.durable.node-timeout");
		}
	}

	/**
	 * Runs once, even if a handler is called while the context is still being created.
	 */
	private void open() {
		if (this.open) {
			return;
		}
		this.opening.lock();
		try {
			if (!this.open) {
				this.rows.open();
				this.open = true;
			}
		}
		finally {
			this.opening.unlock();
		}
	}

}
