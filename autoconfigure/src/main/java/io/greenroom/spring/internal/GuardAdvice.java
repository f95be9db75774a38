package io.greenroom.spring.internal;

import java.lang.reflect.Method;
import java.util.Set;

import io.greenroom.state.StateGuard;
import org.aopalliance.aop.Advice;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.Advisor;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** Distinguishes advice that guards from advice that surrounds work. */
final class GuardAdvice {

	/** By name, because these classes are optional. */
	private static final Set<String> KNOWN = Set.of(
			"org.springframework.security.authorization.method.AuthorizationAdvisor",
			"org.springframework.security.access.intercept.AbstractSecurityInterceptor",
			"org.springframework.validation.beanvalidation.MethodValidationInterceptor");

	private final Set<String> declared;

	/**
	 * Creates the rule.
	 * @param declared the names of further advice classes that guard
	 */
	GuardAdvice(Set<String> declared) {
		this.declared = Set.copyOf(declared);
	}

	boolean guards(Advisor advisor) {
		Advice advice = advisor.getAdvice();
		if (guards(advisor.getClass()) || guards(advice.getClass())) {
			return true;
		}
		Method aspect = aspectMethod(advice);
		return aspect != null && (aspect.isAnnotationPresent(StateGuard.class) || guards(aspect.getDeclaringClass()));
	}

	private boolean guards(Class<?> type) {
		if (AnnotatedElementUtils.hasAnnotation(type, StateGuard.class)) {
			return true;
		}
		for (Class<?> level = type; level != null; level = level.getSuperclass()) {
			if (isNamed(level)) {
				return true;
			}
		}
		return ClassUtils.getAllInterfacesForClassAsSet(type).stream().anyMatch(this::isNamed);
	}

	private boolean isNamed(Class<?> type) {
		return KNOWN.contains(type.getName()) || this.declared.contains(type.getName());
	}

	/** Invoked reflectively, because without AspectJ that class cannot be linked. */
	private static @Nullable Method aspectMethod(Advice advice) {
		for (Class<?> level = advice.getClass(); level != null; level = level.getSuperclass()) {
			if (level.getName().equals("org.springframework.aop.aspectj.AbstractAspectJAdvice")) {
				Method getter = ReflectionUtils.findMethod(level, "getAspectJAdviceMethod");
				return (getter != null && ReflectionUtils.invokeMethod(getter, advice) instanceof Method method)
						? method : null;
			}
		}
		return null;
	}

}
