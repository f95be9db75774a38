package io.greenroom.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

import io.greenroom.deferred.InvalidHandlerException;
import io.greenroom.durable.Durable;
import io.greenroom.durable.DurableType;
import io.greenroom.durable.RowStore;
import io.greenroom.wire.Codec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Knows the durable handlers of a context, and looks at the start whether their rows can
 * be kept. Where there are none, the database is left alone.
 */
public final class DurableHandlers implements SmartInitializingSingleton {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final RowStore rows;

	private final Codec codec;

	private final ReentrantLock opening = new ReentrantLock();

	private volatile boolean open;

	/**
	 * Makes the handlers.
	 * @param beanFactory where the handlers' beans are
	 * @param rows where their rows are
	 * @param codec writes their fields
	 */
	public DurableHandlers(ConfigurableListableBeanFactory beanFactory, RowStore rows, Codec codec) {
		this.beanFactory = beanFactory;
		this.rows = rows;
		this.codec = codec;
	}

	/**
	 * Returns what is durable of a bean, {@code null} if nothing is.
	 * @param keyedName the name of the bean that its instances end with
	 */
	static @Nullable DurableBean of(ConfigurableListableBeanFactory beanFactory, String beanName, String keyedName) {
		String name = DurableDefinitions.nameOf(beanFactory, beanName);
		return (name != null) ? beanFactory.getBean(DurableHandlers.class)
			.make(name, DurableDefinitions.typeOf(beanFactory, beanName), keyedName) : null;
	}

	private DurableBean make(String name, Class<?> type, String keyedName) {
		open();
		// What is called by key ends before the rows do.
		for (String mine : this.beanFactory.getBeanNamesForType(DurableHandlers.class, false, false)) {
			this.beanFactory.registerDependentBean(mine, keyedName);
		}
		Durable annotation = Objects.requireNonNull(DurableDefinitions.annotation(type));
		return new DurableBean(name, new DurableType(type, annotation.version()), this.rows, this.codec);
	}

	@Override
	public void afterSingletonsInstantiated() {
		Map<String, String> all = DurableDefinitions.all(this.beanFactory);
		if (all.isEmpty()) {
			return;
		}
		Map<String, InvalidHandlerException> invalid = new TreeMap<>();
		all.forEach((bean, name) -> {
			Class<?> type = DurableDefinitions.typeOf(this.beanFactory, bean);
			List<String> problems = DurableType.unreadable(type, this.codec);
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
					"There are rows of {}, and no durable handlers of these names here; if a class or bean was renamed, say so with @Durable(name), for its rows are not found otherwise",
					unknown);
		}
	}

	/** Once, also where a handler is called while the context is still being made. */
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
