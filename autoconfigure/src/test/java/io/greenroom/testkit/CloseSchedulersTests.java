package io.greenroom.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.SchedulerClosedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstances;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/** What becomes of the schedulers and green threads of a test. */
class CloseSchedulersTests {

	private final CloseSchedulers.Closer closer = new CloseSchedulers.Closer(Duration.ofMillis(100));

	private final Subject subject = new Subject();

	@Test
	void schedulersOfAllFieldsAreClosed() throws Exception {
		this.closer.afterEach(after("anything", null));
		assertThat(this.subject.isClosed(this.subject.scheduler)).isTrue();
		assertThat(this.subject.isClosed(this.subject.inherited)).isTrue();
	}

	@Test
	void aGreenThreadLeftBehindFailsTheTest() throws Exception {
		GreenThread<Void> left = this.subject.leave();
		ExtensionContext context = after("anything", null);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.closer.afterEach(context))
			.withMessageContaining(left.name());
		assertThat(left.join(Duration.ofSeconds(20))).isTrue();
	}

	@Test
	void aTestMayLeaveGreenThreadsOnPurpose() throws Exception {
		GreenThread<Void> left = this.subject.leave();
		this.closer.afterEach(after("leaving", null));
		assertThat(left.join(Duration.ofSeconds(20))).isTrue();
	}

	@Test
	void aFailedTestKeepsItsOwnFailure() throws Exception {
		GreenThread<Void> left = this.subject.leave();
		this.closer.afterEach(after("anything", new AssertionError("its own")));
		assertThat(left.join(Duration.ofSeconds(20))).isTrue();
	}

	private ExtensionContext after(String method, @Nullable Throwable failure) throws Exception {
		TestInstances instances = mock(TestInstances.class);
		given(instances.getAllInstances()).willReturn(List.of(this.subject));
		ExtensionContext context = mock(ExtensionContext.class);
		given(context.getRequiredTestInstances()).willReturn(instances);
		given(context.getExecutionException()).willReturn(Optional.ofNullable(failure));
		given(context.getRequiredTestMethod()).willReturn(Subject.class.getDeclaredMethod(method));
		given(context.getRequiredTestClass()).willAnswer((invocation) -> Subject.class);
		return context;
	}

	static class Base {

		final GreenScheduler inherited = GreenScheduler.builder().build();

	}

	@CloseSchedulers
	static class Subject extends Base {

		final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofMillis(10)).build();

		void anything() {
		}

		@CloseSchedulers(leftovers = true)
		void leaving() {
		}

		GreenThread<Void> leave() {
			return this.scheduler.spawn("left", () -> Thread.sleep(Duration.ofDays(1)));
		}

		boolean isClosed(GreenScheduler scheduler) {
			try {
				scheduler.spawn(() -> {
				});
				return false;
			}
			catch (SchedulerClosedException closed) {
				return true;
			}
		}

	}

}
