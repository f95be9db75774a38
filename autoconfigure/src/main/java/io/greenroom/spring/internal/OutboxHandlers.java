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

/**
 * The handlers of a context that have durable oneway methods. Checks at the start whether
 * their calls can be stored, and delivers them while the context runs. Without such
 * handlers, the database is not used.
 */
public final class OutboxHandlers implements SmartInitializingSingleton, DisposableBean {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final HandlerNeeds needs;

	private final OutboxStore store;

	private final Codec codec;

	private final Outbox outbox;

	private final ReentrantLock opening = new ReentrantLock();

	private volatile boolean open;

	/**
	 * Creates the collection of handlers.
	 * @param beanFactory contains the handlers' beans
	 * @param needs what handlers are created with
	 * @param store stores their calls
	 * @param rows provides the transactions
	 * @param codec writes arguments
	 * @param options how calls are delivered
	 * @param context the context that calls carry
	 */
	public OutboxHandlers(ConfigurableListableBeanFactory beanFactory, HandlerNeeds needs, OutboxStore store,
			RowStore rows, Codec codec, OutboxOptions options, List<CallContext> context) {
		this.beanFactory = beanFactory;
		this.needs = needs;
		this.store = store;
		this.codec = codec;
		this.outbox = new Outbox(store, rows, codec, options, context);
	}

	/** Returns the outbox, after its tables were created or checked. */
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
	 * Returns the numbers of waiting and dead calls of each handler.
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
			OutboxDefinitions.BEANS.all(this.beanFactory).forEach((bean, name) -> {
				Class<?> type = OutboxDefinitions.BEANS.typeOf(this.beanFactory, bean);
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
		Map<String, String> all = OutboxDefinitions.BEANS.all(this.beanFactory);
		if (all.isEmpty()) {
			return;
		}
		Map<String, InvalidHandlerException> invalid = new TreeMap<>();
		all.keySet().forEach((bean) -> {
			Class<?> type = OutboxDefinitions.BEANS.typeOf(this.beanFactory, bean);
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
					"There are stored calls for {}, but no handlers with these names and durable oneway methods; if a class or bean was renamed, restore its old name until the calls are delivered",
					unknown);
		}
	}

	/** Calls are delivered after the application has started. */
	void start() {
		if (!OutboxDefinitions.BEANS.all(this.beanFactory).isEmpty()) {
			outbox().start();
		}
	}

	void stop() {
		this.outbox.stop();
	}

	/** Called when all bodies have ended. */
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

	/** A keyed handler. */
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
