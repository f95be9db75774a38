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
import org.springframework.aop.support.DefaultPointcutAdvisor;

/**
 * How far the durable instance of a key is that is being made. Confined to the thread
 * that makes it.
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

	/** The constructor and all setters have run, and no initialisation. */
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

	/** Throws a checked exception too, for the callers are to get it as it is. */
	@SuppressWarnings("unchecked")
	private static <X extends Throwable> void rethrow(Throwable failure) throws X {
		throw (X) failure;
	}

	/**
	 * Gives the instance its machine, which is where the row says; returns {@code false}
	 * if its states are not stored.
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

	/** All advice is round the bean: puts the fence under it, right round the bodies. */
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
					"Durable handler bean '%s' has a frozen proxy, so that nothing could be stored in its transactions; make the proxy without setFrozen(true)"
						.formatted(beanName));
		}
		innermost.addAdvisor(innermost.getAdvisorCount(),
				new DefaultPointcutAdvisor(new DurableInterceptor(loaded, this.handler.type())));
		this.fenced = true;
	}

	/** The bean is complete. */
	void ready(Object made) {
		DurableInstance loaded = this.instance;
		if (loaded == null || !this.fenced || this.target != made) {
			throw new IllegalStateException(
					"%s is @Durable, but a post-processor has put something else in the place of its instance, which its row was not read into"
						.formatted(this.handler.name()));
		}
		loaded.ready();
		if (this.resumed != null) {
			this.resumed.run();
		}
	}

}
