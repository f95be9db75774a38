package io.greenroom.test;

import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.jspecify.annotations.Nullable;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Gives each test of a class without Spring a scheduler, and passes the scheduler to test
 * methods. With Spring, the context has the scheduler, and a listener of Spring's test
 * framework leads it.
 */
final class GreenroomExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

	private static final Namespace NAMESPACE = Namespace.create(GreenroomExtension.class);

	/** By name, because Spring is optional. */
	private static final String SPRING = "org.springframework.test.context.junit.jupiter.SpringExtension";

	GreenroomExtension() {
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		if (!isSpring(context)) {
			context.getStore(NAMESPACE).put(LedTest.class, LedTest.begin(DeterministicScheduler.inTurn()));
		}
	}

	@Override
	public void afterEach(ExtensionContext context) {
		LedTest led = context.getStore(NAMESPACE).remove(LedTest.class, LedTest.class);
		if (led != null) {
			DeterministicScheduler scheduler = led.scheduler();
			try (scheduler) {
				AssertionError left = led.end();
				if (left != null) {
					throwAfter(context.getExecutionException().orElse(null), left);
				}
			}
		}
	}

	/** What is left behind often explains a failure, but does not replace it. */
	private static void throwAfter(@Nullable Throwable failure, AssertionError left) {
		if (failure == null) {
			throw left;
		}
		failure.addSuppressed(left);
	}

	private static boolean isSpring(ExtensionContext context) {
		for (Class<?> type = context.getRequiredTestClass(); type != null; type = type.getEnclosingClass()) {
			if (AnnotationSupport.findRepeatableAnnotations(type, ExtendWith.class)
				.stream()
				.flatMap((each) -> Arrays.stream(each.value()))
				.anyMatch((extension) -> extension.getName().equals(SPRING))) {
				return true;
			}
		}
		return false;
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		return parameter.getParameter().getType() == DeterministicScheduler.class && !isForSpring(parameter, context);
	}

	/** Spring resolves what it is asked for, and constructors. */
	private static boolean isForSpring(ParameterContext parameter, ExtensionContext context) {
		return (parameter.getDeclaringExecutable() instanceof Constructor<?> && isSpring(context))
				|| Arrays.stream(parameter.getParameter().getAnnotations())
					.anyMatch((each) -> each.annotationType().getName().startsWith("org.springframework."));
	}

	@Override
	public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
		Optional<DeterministicScheduler> current = DeterministicScheduler.current();
		if (current.isEmpty()) {
			throw new ParameterResolutionException(isSpring(
					context) ? "The application of %s has no deterministic scheduler: it declares its own GreenScheduler bean, or greenroom.scheduler.enabled is false".formatted(Objects.requireNonNull(context.getRequiredTestClass()).getName()) : "There is a DeterministicScheduler for each test method, so that only test methods, @BeforeEach and @AfterEach methods can take it");
		}
		return current.get();
	}

}
