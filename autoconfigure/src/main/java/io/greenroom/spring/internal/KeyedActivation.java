package io.greenroom.spring.internal;

import io.greenroom.deferred.internal.Handler;
import org.jspecify.annotations.Nullable;

/**
 * The instance of a key that the current thread is making: what the bean's constructor
 * and its post-processors need to know of it.
 *
 * @param beanName the name of the handler's bean
 * @param key the key
 * @param handler the handler that the bean is to be the target of
 * @param known what is known of its methods
 * @param durable how far its fence is, {@code null} if it is not durable
 * @param outer what the thread was making before, if anything
 */
record KeyedActivation(String beanName, Object key, Handler handler, MailboxInterceptor.Known known,
		@Nullable DurableActivation durable, @Nullable KeyedActivation outer) {

	private static final ThreadLocal<@Nullable KeyedActivation> CURRENT = new ThreadLocal<>();

	/** Returns what is being made of a bean, {@code null} if nothing. */
	static @Nullable KeyedActivation of(@Nullable String beanName) {
		KeyedActivation current = CURRENT.get();
		return (current != null && current.beanName.equals(beanName)) ? current : null;
	}

	static KeyedActivation begin(String beanName, Object key, Handler handler, MailboxInterceptor.Known known,
			@Nullable DurableActivation durable) {
		KeyedActivation mine = new KeyedActivation(beanName, key, handler, known, durable, CURRENT.get());
		CURRENT.set(mine);
		return mine;
	}

	void end() {
		if (this.outer != null) {
			CURRENT.set(this.outer);
		}
		else {
			CURRENT.remove();
		}
	}

}
