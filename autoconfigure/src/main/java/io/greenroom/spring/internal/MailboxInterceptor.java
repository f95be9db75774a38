package io.greenroom.spring.internal;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.Invocation;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.support.AopUtils;
import org.springframework.util.ReflectionUtils;

/**
 * The outermost advice of a handler bean. Passes a call to the handler's mailbox. The
 * rest of the chain, such as transactions, runs on the owner's thread around the body.
 */
final class MailboxInterceptor implements AdviceOfAll {

	private final Handler handler;

	private final LeakedStateCheck handedOut;

	private final Known known;

	/** Set before the bean is exposed, or {@code null} if no advice could move a body. */
	private @Nullable TurnGuard turnGuard;

	MailboxInterceptor(Handler handler, boolean strict, Known known) {
		this.handler = handler;
		this.known = known;
		this.handedOut = new LeakedStateCheck(handler, strict, known.checked());
	}

	Handler handler() {
		return this.handler;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Method called = invocation.getMethod();
		if (ReflectionUtils.isObjectMethod(called)) {
			return identity(invocation);
		}
		return this.handler.call(new Intercepted(invocation, ownMethod(called), this.handedOut, this.turnGuard));
	}

	/** The methods of {@code Object} refer to the handler, like those of its handles. */
	private @Nullable Object identity(MethodInvocation invocation) throws Throwable {
		return switch (invocation.getMethod().getName()) {
			case "toString" -> this.handler.toString();
			case "hashCode" -> this.handler.hashCode();
			case "equals" -> invocation instanceof ProxyMethodInvocation proxied
					&& proxied.getProxy() == invocation.getArguments()[0];
			default -> invocation.proceed();
		};
	}

	private Method ownMethod(Method called) {
		Method own = this.known.methods().get(called);
		return (own != null) ? own : this.known.methods()
			.computeIfAbsent(called, (method) -> AopUtils.getMostSpecificMethod(method, this.handler.type().type()));
	}

	/**
	 * Checks the bodies, because the advice in between must not move them to another
	 * thread.
	 * @param guard the guard, to become the innermost advice
	 */
	void guardBodies(TurnGuard guard) {
		this.turnGuard = guard;
	}

	/**
	 * What is determined about methods once for all handlers that share it.
	 *
	 * @param methods the handler's own methods for called methods, such as those of an
	 * interface
	 * @param checked the methods whose results were checked
	 */
	record Known(Map<Method, Method> methods, Set<Method> checked) {

		Known() {
			this(new ConcurrentHashMap<>(), ConcurrentHashMap.newKeySet());
		}

	}

	/** A call in the form that the core takes. */
	private record Intercepted(MethodInvocation invocation, Method method, LeakedStateCheck handedOut,
			@Nullable TurnGuard guard) implements Invocation {

		@Override
		public @Nullable Object[] arguments() {
			return this.invocation.getArguments();
		}

		@Override
		public @Nullable Object proceed() throws Throwable {
			Object result = (this.guard != null) ? this.guard.proceed(this.invocation) : this.invocation.proceed();
			return this.handedOut.check(this.method, result);
		}

	}

}
