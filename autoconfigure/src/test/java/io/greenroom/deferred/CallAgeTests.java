package io.greenroom.deferred;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.green.GreenScheduler;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** How old calls are where nobody measures them one by one. */
@Timeout(60)
class CallAgeTests {

	@Test
	@DisplayName("M04 the oldest oneway call has an age while it is queued, and while it runs, though the clock is read once for many")
	void onewayCallsHaveAnAge() throws Exception {
		long start = System.nanoTime();
		try (GreenScheduler scheduler = GreenScheduler.builder().build()) {
			Stage stage = new Stage();
			Handler handler = new Handler(scheduler, HandlerType.of(Stage.class), stage, HandlerOptions.defaults());
			Stage oneway = handler.deferred(Stage.class, stage).oneway();
			CountDownLatch[] inside = { new CountDownLatch(1), new CountDownLatch(1), new CountDownLatch(1) };
			CountDownLatch[] leave = { new CountDownLatch(1), new CountDownLatch(1), new CountDownLatch(1) };
			for (int i = 0; i < 3; i++) {
				oneway.play(inside[i], leave[i]);
				if (i == 0) {
					inside[0].await();
				}
			}
			assertThat(handler.snapshot().queued()).isEqualTo(2);
			assertThat(handler.snapshot().oldestAge()).isPositive()
				.isLessThanOrEqualTo(Duration.ofNanos(System.nanoTime() - start));
			for (int i = 0; i < 3; i++) {
				inside[i].await();
				Duration age = handler.snapshot().running().getFirst().submitted();
				assertThat(age).isPositive().isLessThanOrEqualTo(Duration.ofNanos(System.nanoTime() - start));
				leave[i].countDown();
			}
		}
	}

	/** Plays for as long as it is let. */
	static class Stage {

		void play(CountDownLatch inside, CountDownLatch leave) throws InterruptedException {
			inside.countDown();
			leave.await();
		}

	}

}
