package io.greenroom.user;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.observe.Observer;
import io.greenroom.observe.ThreadGauges;
import io.greenroom.observe.ThreadListener;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Outside the packages of the core, as a user is. */
@ExtendWith(OutputCaptureExtension.class)
class SpawnSiteTests {

	@Test
	@DisplayName("G27 the spawn site, where asked for, begins with the user's own frame, and an unobserved failure names it")
	void spawnSite(CapturedOutput output) throws InterruptedException {
		CountDownLatch reported = new CountDownLatch(1);
		Observer observer = new Observer() {

			@Override
			public ThreadListener threads(String scheduler, ThreadGauges gauges) {
				return new ThreadListener() {

					@Override
					public void failed(String thread, Throwable failure) {
						reported.countDown();
					}

				};
			}

		};
		try (GreenScheduler scheduler = GreenScheduler.builder().captureSpawnSites(true).observer(observer).build()) {
			GreenThread<Void> thread = scheduler.spawn("clumsy", () -> {
				throw new IllegalStateException("tripped");
			});
			StackTraceElement site = thread.spawnSite().getFirst();
			assertThat(site.getClassName()).isEqualTo(getClass().getName());
			assertThat(site.getMethodName()).isEqualTo("spawnSite");
			assertThat(reported.await(10, TimeUnit.SECONDS)).isTrue();
			assertThat(output).contains("spawned at " + site);
		}
	}

	@Test
	@DisplayName("G27 the spawn site is not captured unless asked for")
	void noSpawnSite() throws InterruptedException {
		try (GreenScheduler scheduler = GreenScheduler.builder().build()) {
			assertThat(scheduler.spawn(() -> 1).spawnSite()).isEmpty();
		}
	}

}
