package io.greenroom.spring.internal;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

import io.greenroom.deferred.InvalidHandlerException;
import io.greenroom.deferred.internal.Delivering;
import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.durable.DeadLetters;
import io.greenroom.durable.Durable;
import io.greenroom.durable.internal.CallContext;
import io.greenroom.durable.internal.Outbox;
import io.greenroom.durable.internal.OutboxMethods;
import io.greenroom.durable.internal.OutboxOptions;
import io.greenroom.durable.internal.OutboxStore;
import io.greenroom.durable.internal.OutboxTarget;
import io.greenroom.durable.internal.RowStore;
import io.greenroom.durable.internal.StoredDeadLetters;
import io.greenroom.keyed.internal.KeyType;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.observe.Observer;
import io.greenroom.observe.OutboxGauges;
import io.greenroom.spring.InvalidHandlersException;
import io.greenroom.wire.Codec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Knows the handlers of a context that have durable oneway methods, looks at the start
 * whether their calls can be kept, and delivers them while the context runs. Where there
 * are none, the database is left alone.
 */
public final class OutboxHandlers implements SmartInitializingSingleton, SmartLifecycle, DisposableBean {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final HandlerNeeds needs;

	private final OutboxStore store;

	private final Codec codec;

	private final Outbox outbox;

	private final ReentrantLock opening = new ReentrantLock();

	private volatile boolean open;

	private volatile boolean running;

	/**
	 * Makes the handlers.
	 * @param beanFactory where the handlers' beans are
	 * @param needs what handlers are made with
	 * @param store keeps their calls
	 * @param rows knows the transactions
	 * @param codec writes arguments
	 * @param options how calls are delivered
	 * @param context what goes along with calls
	 */
	public OutboxHandlers(ConfigurableListableBeanFactory beanFactory, HandlerNeeds needs, OutboxStore store,
			RowStore rows, Codec codec, OutboxOptions options, List<CallContext> context) {
		this.beanFactory = beanFactory;
		this.needs = needs;
		this.store = store;
		this.codec = codec;
		this.outbox = new Outbox(store, rows, codec, options, context);
	}

	/** Returns the outbox, when its tables are there. */
	Outbox outbox() {
		if (!this.open) {
			open();
		}
		return this.outbox;
	}

	/**
	 * Returns the calls that were given up.
	 * @return the letters
	 */
	public DeadLetters deadLetters() {
		return new StoredDeadLetters(outbox());
	}

	/**
	 * Returns what waits and what is dead of each handler.
	 * @return the numbers, by the handler's name in the database
	 */
	public Map<String, ? extends OutboxGauges> backlog() {
		return this.outbox.backlog();
	}

	private void open() {
		this.opening.lock();
		try {
			if (this.open) {
				return;
			}
			this.store.open();
			Observer observer = this.needs.scheduler().observer();
			OutboxDefinitions.all(this.beanFactory).forEach((bean, name) -> {
				Class<?> type = OutboxDefinitions.typeOf(this.beanFactory, bean);
				this.outbox.add(name, HandlerType.of(type).durableMethods(), target(bean, type), observer);
			});
			this.open = true;
		}
		finally {
			this.opening.unlock();
		}
	}

	private OutboxTarget target(String bean, Class<?> type) {
		return KeyType.isOn(type) ? new KeyedTarget(this.beanFactory, bean + KeyedNames.SUFFIX)
				: new BeanTarget(this.beanFactory, bean);
	}

	@Override
	public void afterSingletonsInstantiated() {
		Map<String, String> all = OutboxDefinitions.all(this.beanFactory);
		if (all.isEmpty()) {
			return;
		}
		Map<String, InvalidHandlerException> invalid = new TreeMap<>();
		all.keySet().forEach((bean) -> {
			Class<?> type = OutboxDefinitions.typeOf(this.beanFactory, bean);
			List<String> problems = OutboxMethods.unreadable(HandlerType.of(type).durableMethods(), this.codec);
			if (!problems.isEmpty()) {
				invalid.put(bean, new InvalidHandlerException(type, problems));
			}
		});
		if (!invalid.isEmpty()) {
			throw new InvalidHandlersException(invalid);
		}
		outbox();
		List<String> unknown = new ArrayList<>(this.store.handlers());
		unknown.removeAll(all.values());
		if (!unknown.isEmpty()) {
			log.warn(
					"There are stored calls for {}, and no handlers of these names with durable oneway methods here; if a class or bean was renamed, give it its old name until they are delivered",
					unknown);
		}
	}

	/** Calls are delivered when the application has started. */
	@Override
	public void start() {
		this.running = true;
		if (!OutboxDefinitions.all(this.beanFactory).isEmpty()) {
			outbox().start();
		}
	}

	@Override
	public void stop() {
		this.running = false;
		this.outbox.stop();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** A paused context goes on later. */
	@Override
	public boolean isPauseable() {
		return false;
	}

	/** Starts after the scheduler, and stops before it drains. */
	@Override
	public int getPhase() {
		return GreenSchedulerLifecycle.PHASE + 1;
	}

	/** All bodies have ended. */
	@Override
	public void destroy() {
		if (this.open) {
			this.outbox.close();
		}
	}

	/** A handler without keys. */
	private record BeanTarget(ConfigurableListableBeanFactory beanFactory, String bean) implements OutboxTarget {

		@Override
		public CompletableFuture<@Nullable Object> deliver(String key, Method method, @Nullable Object[] arguments,
				Delivering round) throws Throwable {
			Object entry = this.beanFactory.getBean(this.bean);
			Handler handler = Objects.requireNonNull(DeferredHandles.handler(entry), this.bean);
			return handler.deliver(method, entry, arguments, round);
		}

	}

	/** A handler by key. */
	private record KeyedTarget(ConfigurableListableBeanFactory beanFactory, String bean) implements OutboxTarget {

		@Override
		public CompletableFuture<@Nullable Object> deliver(String key, Method method, @Nullable Object[] arguments,
				Delivering round) throws Throwable {
			return handler().deliver(key, method, arguments, round);
		}

		@Override
		public boolean isHere(String key) {
			return handler().isHere(key);
		}

		@Override
		public void hint(String key) {
			handler().hint(key);
		}

		private KeyedHandler<?, ?> handler() {
			return this.beanFactory.getBean(this.bean, KeyedHandler.class);
		}

	}

}
