package io.greenroom.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Field;
import java.time.Duration;

import io.greenroom.green.DrainReport;
import io.greenroom.green.GreenScheduler;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Closes the schedulers in the fields of a test class after each test, and fails a test
 * that leaves green threads behind: those that did not end within the drain timeout of
 * their scheduler, or within 20 seconds if that is shorter. On a method, replaces what
 * its class says.
 * <p>
 * Runs after the {@code @AfterEach} methods, which let go of what a test still holds.
 */
@Target({ ElementType.TYPE, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(CloseSchedulers.Closer.class)
public @interface CloseSchedulers {

	/**
	 * Whether green threads may be left behind because the test is about them. They are
	 * killed.
	 */
	boolean leftovers() default false;

	/** Closes the schedulers. */
	class Closer implements AfterEachCallback {

		private static final Duration LONG = Duration.ofSeconds(20);

		private final Duration limit;

		/** For JUnit. */
		Closer() {
			this(LONG);
		}

		/** For the tests of this: waits for so long at least. */
		Closer(Duration limit) {
			this.limit = limit;
		}

		@Override
		public void afterEach(ExtensionContext context) throws ReflectiveOperationException {
			boolean strict = context.getExecutionException().isEmpty() && !mayLeave(context);
			for (Object test : context.getRequiredTestInstances().getAllInstances()) {
				for (Class<?> type = test.getClass(); type != Object.class; type = type.getSuperclass()) {
					for (Field field : type.getDeclaredFields()) {
						if (field.getType() == GreenScheduler.class) {
							field.setAccessible(true);
							close((GreenScheduler) field.get(test), strict);
						}
					}
				}
			}
		}

		private static boolean mayLeave(ExtensionContext context) {
			CloseSchedulers own = context.getRequiredTestMethod().getAnnotation(CloseSchedulers.class);
			CloseSchedulers declared = (own != null) ? own
					: context.getRequiredTestClass().getAnnotation(CloseSchedulers.class);
			return declared != null && declared.leftovers();
		}

		private void close(GreenScheduler scheduler, boolean strict) {
			Duration own = scheduler.drainTimeout();
			DrainReport report = scheduler.drain((strict && own.compareTo(this.limit) < 0) ? this.limit : own);
			if (strict) {
				assertThat(report.killed()).as("green threads left behind, which were killed").isEmpty();
				assertThat(report.stuck()).as("green threads left behind, which can't be killed").isEmpty();
			}
		}

	}

}
