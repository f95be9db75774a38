package io.greenroom.test.spring;

import io.greenroom.green.worker.Lead;
import io.greenroom.test.DeterministicScheduler;
import io.greenroom.test.GreenroomTest;
import io.greenroom.test.LedTest;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.TestExecutionListener;
import org.springframework.test.context.support.DependencyInjectionTestExecutionListener;

/**
 * Lets the thread of a test lead the scheduler of its context, from the preparation of
 * the test's instance to the end of each test method.
 */
final class GreenroomTestListener implements TestExecutionListener, Ordered {

	/** Before the listeners that a test's transaction and its scripts begin in. */
	private static final int ORDER = 1000;

	/** The lead of this thread over a scheduler while its context starts. */
	private static final ThreadLocal<@Nullable Lead> STARTING = new ThreadLocal<>();

	private static final String TEST = LedTest.class.getName();

	GreenroomTestListener() {
	}

	/** Lets the current thread lead a scheduler until its first test begins. */
	static void lead(DeterministicScheduler scheduler) {
		end();
		STARTING.set(scheduler.lead());
	}

	private static void end() {
		Lead lead = STARTING.get();
		STARTING.remove();
		if (lead != null) {
			lead.close();
		}
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public void prepareTestInstance(TestContext test) {
		if (!TestContextAnnotationUtils.hasAnnotation(test.getTestClass(), GreenroomTest.class)) {
			return;
		}
		begin(test);
	}

	/** With one instance for all methods, there is no preparation before the second. */
	@Override
	public void beforeTestMethod(TestContext test) {
		if (TestContextAnnotationUtils.hasAnnotation(test.getTestClass(), GreenroomTest.class)
				&& !test.hasAttribute(TEST)) {
			begin(test);
		}
	}

	private static void begin(TestContext test) {
		ApplicationContext context = test.getApplicationContext();
		rejectServer(test, context);
		DeterministicScheduler scheduler = context.getBeanProvider(DeterministicScheduler.class).getIfAvailable();
		end();
		if (scheduler != null) {
			test.setAttribute(TEST, LedTest.begin(scheduler));
		}
	}

	private static void rejectServer(TestContext test, ApplicationContext context) {
		if (context.getEnvironment().containsProperty("local.server.port")) {
			end();
			throw new IllegalStateException(
					"%s is a @GreenroomTest with a real server, whose threads can't be stepped; use MockMvc (webEnvironment = MOCK), or remove @GreenroomTest"
						.formatted(test.getTestClass().getName()));
		}
	}

	@Override
	public void afterTestMethod(TestContext test) {
		AssertionError left = (test.removeAttribute(TEST) instanceof LedTest led) ? led.end() : null;
		if (left == null) {
			return;
		}
		// What is left would run in the next test.
		test.markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
		test.setAttribute(DependencyInjectionTestExecutionListener.REINJECT_DEPENDENCIES_ATTRIBUTE, true);
		Throwable failure = test.getTestException();
		if (failure == null) {
			throw left;
		}
		failure.addSuppressed(left);
	}

	@Override
	public void afterTestClass(TestContext test) {
		if (test.removeAttribute(TEST) instanceof LedTest led) {
			led.end();
		}
		end();
	}

}
