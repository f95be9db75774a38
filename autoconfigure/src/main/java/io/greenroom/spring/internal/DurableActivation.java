package io.greenroom.spring.internal;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.durable.internal.DurableInstance;
import io.greenroom.durable.internal.DurableMachine;
import io.greenroom.state.StateEntry;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;

/**
 * The progress of creating a key's durable instance. Confined to the creating thread.
 */
final class DurableActivation {

	private final DurableBean bean;

	private final Object key;

	private final Handler handler;

	private @Nullable Object target;

	private @Nullable DurableInstance instance;

	private boolean fenced;

	private @Nullable Runnable resumed;

	DurableActivation(DurableBean bean, Object key, Handler handler) {
		this.bean = bean;
		this.key = key;
		this.handler = handler;
	}

	/** Called after the constructor and all setters, before any initialisation. */
	void load(Object made) {
		DurableInstance loaded = this.bean.instance(this.key, made, this.handler);
		try {
			loaded.load();
		}
		catch (Throwable failure) {
			DurableActivation.<RuntimeException>rethrow(failure);
		}
		this.target = made;
		this.instance = loaded;
	}

	/**
	 * Also throws checked exceptions, because callers receive the exception unchanged.
	 */
	@SuppressWarnings("unchecked")
	private static <X extends Throwable> void rethrow(Throwable failure) throws X {
		throw (X) failure;
	}

	/**
	 * Gives the instance its machine in the position of the row. Returns {@code false} if
	 * its states are not stored.
	 */
	boolean bind(StateMachines machines, Object made, StateEntry entry, DurableMachine.Turn turn) {
		DurableInstance loaded = this.instance;
		if (loaded == null || this.target != made) {
			return false;
		}
		DurableMachine journal = this.bean.machine(loaded);
		if (journal == null) {
			return false;
		}
		StateMachine machine = machines.bind(made, entry, journal, journal.restore(turn));
		this.resumed = () -> machines.resume(machine);
		return true;
	}

	/**
	 * Called when all advice is in place. Adds the fence inside of it, directly around
	 * the bodies.
	 */
	void fence(Advised outermost, String beanName) {
		DurableInstance loaded = this.instance;
		if (loaded == null || this.fenced) {
			return;
		}
		Advised innermost = outermost;
		for (Object level = outermost; level instanceof Advised advised; level = AopProxyUtils
			.getSingletonTarget(level)) {
			innermost = advised;
		}
		if (innermost.isFrozen()) {
			throw new IllegalStateException(
					"Durable handler bean '%s' has a frozen proxy, so nothing could be stored in its transactions; create the proxy without setFrozen(true)"
						.formatted(beanName));
		}
		innermost.addAdvisor(innermost.getAdvisorCount(), new DurableInterceptor(loaded, this.handler.type()));
		this.fenced = true;
	}

	/** Called when the bean is complete. */
	void ready(Object made) {
		DurableInstance loaded = this.instance;
		if (loaded == null || !this.fenced || this.target != made) {
			throw new IllegalStateException(
					"%s is @Durable, but a bean post-processor has replaced the instance that its row was read into; exclude the handler from that post-processor"
						.formatted(this.handler.name()));
		}
		loaded.ready();
		if (this.resumed != null) {
			this.resumed.run();
		}
	}

}
