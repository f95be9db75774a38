package io.greenroom.spring.internal;

import io.greenroom.deferred.internal.Handler;
import org.jspecify.annotations.Nullable;

/**
 * The instance of a key that the current thread is creating, for the bean's constructor
 * and its post-processors.
 *
 * @param beanName the name of the handler's bean
 * @param key the key
 * @param handler the handler whose target the bean will be
 * @param known what is known of its methods
 * @param durable the progress of its fence, or {@code null} if it is not durable
 * @param outer what the thread was creating before, or {@code null}
 */
record KeyedActivation(String beanName, Object key, Handler handler, MailboxInterceptor.Known known,
		@Nullable DurableActivation durable, @Nullable KeyedActivation outer) {

	private static final ThreadLocal<@Nullable KeyedActivation> CURRENT = new ThreadLocal<>();

	/**
	 * Returns the instance of a bean that is being created, or {@code null} if there is
	 * none.
	 */
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
