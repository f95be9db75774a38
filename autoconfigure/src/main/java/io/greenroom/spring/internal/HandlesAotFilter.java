package io.greenroom.spring.internal;

import java.util.List;

import io.greenroom.cluster.NoQuorumException;
import io.greenroom.cluster.OwnerLostException;
import io.greenroom.cluster.RemoteFailureException;
import io.greenroom.deferred.DeferredDeadlockException;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.deferred.DeferredTransactionException;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.MailboxFullException;
import io.greenroom.deferred.WrongStateException;
import io.greenroom.durable.StaleInstanceException;
import io.greenroom.durable.UnreadableRowException;
import io.greenroom.keyed.TooManyKeysException;
import io.greenroom.state.IllegalTransitionException;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.aot.BeanRegistrationExcludeFilter;
import org.springframework.beans.factory.support.RegisteredBean;

/**
 * Excludes handles from the code that Spring generates ahead of time. That code would be
 * in this package and name the handler's class, which need not be public.
 * {@link HandlerDefinitions} adds the handles at the start in that case, too.
 */
final class HandlesAotFilter implements BeanRegistrationExcludeFilter, RuntimeHintsRegistrar {

	/**
	 * What a handler's call throws by itself is recreated on other nodes by reflection.
	 */
	private static final List<Class<? extends Throwable>> TRAVELLING = List.of(DeferredDeadlockException.class,
			DeferredTimeoutException.class, DeferredTransactionException.class, HandlerStoppedException.class,
			IllegalTransitionException.class, MailboxFullException.class, NoQuorumException.class,
			OwnerLostException.class, RemoteFailureException.class, StaleInstanceException.class,
			TooManyKeysException.class, UnreadableRowException.class, WrongStateException.class);

	@Override
	public boolean isExcludedFromAotProcessing(RegisteredBean registeredBean) {
		String type = registeredBean.getMergedBeanDefinition().getBeanClassName();
		return DeferredHandles.class.getName().equals(type) || KeyedHandlers.class.getName().equals(type);
	}

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.reflection().registerType(DeferredHandles.class, MemberCategory.INVOKE_DECLARED_METHODS);
		hints.reflection().registerType(KeyedHandlers.class, MemberCategory.INVOKE_DECLARED_METHODS);
		hints.resources().registerPattern("io/greenroom/jdbc/*.sql");
		TRAVELLING.forEach((failure) -> KeyedAotProcessor.registerFailure(failure, hints.reflection()));
	}

}
