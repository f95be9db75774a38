package io.greenroom.spring.internal;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.SchedulerClosedException;
import org.junit.jupiter.api.Test;

import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class GreenSchedulerLifecycleTests {

	@Test
	void aPausedContextKeepsItsScheduler() throws Exception {
		GreenScheduler scheduler = GreenScheduler.builder().build();
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			context.registerBean(GreenSchedulerLifecycle.class, () -> new GreenSchedulerLifecycle(scheduler));
			context.refresh();
			context.pause();
			context.restart();
			assertThat(scheduler.spawn(() -> "alive").get()).isEqualTo("alive");
		}
		assertThatExceptionOfType(SchedulerClosedException.class).isThrownBy(() -> scheduler.spawn(() -> "too late"));
	}

	@Test
	void aStoppedContextSaysThatItCannotBeStartedAgain() {
		GreenScheduler scheduler = GreenScheduler.builder().build();
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			context.registerBean(GreenSchedulerLifecycle.class, () -> new GreenSchedulerLifecycle(scheduler));
			context.refresh();
			context.stop();
			assertThatExceptionOfType(RuntimeException.class).isThrownBy(context::start)
				.withStackTraceContaining("create a new context");
		}
	}

}
