package io.greenroom.spring.internal;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.InvalidHandlerException;
import io.greenroom.deferred.internal.Handler;
import io.greenroom.spring.InvalidHandlersException;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.Advisor;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.interceptor.AsyncExecutionInterceptor;
import org.springframework.util.ReflectionUtils;

/**
 * Keeps the bodies of one handler in their turns, whatever advice surrounds them. Advice
 * that is known to move a call to another thread is rejected when the bean is created.
 * Unknown advice is detected by this innermost advice before the body runs.
 */
final class TurnGuard implements AdviceOfAll {

	private static final Logger log = LoggerFactory.getLogger(Deferred.class);

	/** Advice that stays on its thread. */
	private static final List<String> STAYING = List.of("org.springframework.transaction.",
			"org.springframework.cache.", "org.springframework.validation.", "org.springframework.dao.",
			"org.springframework.security.", "org.springframework.resilience.", "org.springframework.aop.interceptor.",
			"org.springframework.aop.support.");

	/** The guard whose body the current thread is about to run. */
	private static final ThreadLocal<@Nullable TurnGuard> EXPECTED = new ThreadLocal<>();

	private final Handler handler;

	private final Set<Method> told = ConcurrentHashMap.newKeySet();

	private TurnGuard(Handler handler) {
		this.handler = handler;
	}

	/**
	 * Checks all advice of a handler's bean when it is complete.
	 * @param bean the bean with all its proxies
	 * @param mailbox its mailbox
	 * @param beanName its name
	 */
	static void guard(Advised bean, MailboxInterceptor mailbox, String beanName) {
		Set<String> moved = new TreeSet<>();
		boolean unknown = false;
		Advised innermost = bean;
		for (Object level = bean; level instanceof Advised advised; level = AopProxyUtils.getSingletonTarget(level)) {
			innermost = advised;
			for (Advisor advisor : advised.getAdvisors()) {
				Advice advice = advisor.getAdvice();
				if (advice instanceof AsyncExecutionInterceptor) {
					moved.addAll(methods(advisor, mailbox.handler().type().type()));
				}
				unknown |= !isStaying(advice);
			}
		}
		if (!moved.isEmpty()) {
			throw invalid(beanName, mailbox.handler().type().type(), moved.stream().map(TurnGuard::problem).toList());
		}
		if (unknown && !innermost.isFrozen()) {
			TurnGuard guard = new TurnGuard(mailbox.handler());
			mailbox.guardBodies(guard);
			innermost.addAdvisor(innermost.getAdvisorCount(), guard);
		}
	}

	private static boolean isStaying(Advice advice) {
		return advice instanceof MailboxInterceptor || advice instanceof StateAdvice
				|| STAYING.stream().anyMatch(advice.getClass().getName()::startsWith);
	}

	private static InvalidHandlersException invalid(String beanName, Class<?> type, List<String> problems) {
		return new InvalidHandlersException(Map.of(beanName, new InvalidHandlerException(type, problems)));
	}

	/** Returns the problem of a method that is executed asynchronously. */
	static String problem(String signature) {
		return "%s is asynchronous (@Async, or an annotation that includes it), so its body would leave the handler's turn and run concurrently with others on an executor; remove the annotation, and make it @Oneway if its callers must not wait (for a listener of transactional events: @Oneway on a @TransactionalEventListener), or call the handler from an @Async method of another bean"
			.formatted(signature);
	}

	private static List<String> methods(Advisor advisor, Class<?> type) {
		List<String> methods = new ArrayList<>();
		for (Method method : ReflectionUtils.getUniqueDeclaredMethods(type,
				(method) -> !method.isSynthetic() && method.getDeclaringClass() != Object.class)) {
			if (!(advisor instanceof PointcutAdvisor pointcut) || (pointcut.getPointcut().getClassFilter().matches(type)
					&& pointcut.getPointcut().getMethodMatcher().matches(method, type))) {
				methods.add(HandlerLint.signature(method));
			}
		}
		return methods;
	}

	/** Runs the rest of the advice and the body, on a thread that is allowed to. */
	@Nullable Object proceed(MethodInvocation invocation) throws Throwable {
		TurnGuard outer = EXPECTED.get();
		EXPECTED.set(this);
		try {
			return invocation.proceed();
		}
		finally {
			EXPECTED.set(outer);
		}
	}

	/** Called as the innermost advice, right before the body. */
	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		if (EXPECTED.get() != this && !ReflectionUtils.isObjectMethod(invocation.getMethod())) {
			throw moved(invocation.getMethod());
		}
		return invocation.proceed();
	}

	private IllegalStateException moved(Method method) {
		String message = "%s.%s was moved out of the handler's turn to thread '%s' by advice of its bean; its body has not run. Remove that advice from the handler, and apply it to a bean that calls the handler"
			.formatted(this.handler.name(), method.getName(), Thread.currentThread().getName());
		if (this.told.add(method)) {
			// Code that moves calls may lose their exceptions.
			log.error(message);
		}
		return new IllegalStateException(message);
	}

}
