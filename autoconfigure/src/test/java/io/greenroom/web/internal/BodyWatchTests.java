package io.greenroom.web.internal;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.web.BodyTimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** How long a request may wait for its body, all its reads together. */
@Timeout(60)
@CloseSchedulers
class BodyWatchTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	private final CountDownLatch givenUp = new CountDownLatch(1);

	private final AtomicInteger times = new AtomicInteger();

	private BodyWatch watch(Duration limit) {
		return new BodyWatch(this.scheduler, "one", limit, true, () -> {
			this.times.incrementAndGet();
			this.givenUp.countDown();
		});
	}

	/** Reads what comes only when the slot has been given up. */
	private void assertGivenUpDuringARead(BodyWatch watch) {
		AtomicBoolean during = new AtomicBoolean();
		assertThatExceptionOfType(BodyTimeoutException.class).isThrownBy(() -> watch.transfer(() -> {
			during.set(this.givenUp.await(10, TimeUnit.SECONDS));
			return "late";
		}));
		assertThat(during).isTrue();
		assertThat(this.times).hasValue(1);
	}

	private void awaitNoTimer() {
		SlotCounts.until(() -> this.scheduler.dump(0).threads().isEmpty());
	}

	@Test
	@DisplayName("H13 the slot is given up once, while the read that takes too long goes on; no later read begins")
	void duringTheRead() {
		AtomicBoolean began = new AtomicBoolean();
		BodyWatch watch = watch(Duration.ofMillis(50));
		assertGivenUpDuringARead(watch);
		assertThatExceptionOfType(BodyTimeoutException.class).isThrownBy(() -> watch.transfer(() -> {
			began.set(true);
			return "more";
		}));
		assertThat(began).isFalse();
		assertThatExceptionOfType(BodyTimeoutException.class).isThrownBy(watch::requireInTime);
		watch.stop();
		assertThat(watch.isExpired()).isTrue();
		assertThat(this.times).hasValue(1);
	}

	@Test
	@DisplayName("H13 short reads add up")
	void addUp() {
		BodyWatch watch = watch(Duration.ofMillis(200));
		assertThatExceptionOfType(BodyTimeoutException.class).isThrownBy(() -> {
			for (int i = 0; i < 50; i++) {
				watch.transfer(() -> {
					LockSupport.parkNanos(20_000_000); // what is tested: time passes
					return "part";
				});
			}
		});
		assertThat(this.times).hasValue(1);
		awaitNoTimer();
	}

	@Test
	@DisplayName("H13 the time between reads does not count, however long; what is read after it does")
	void betweenReads() throws Exception {
		BodyWatch watch = watch(Duration.ofMillis(500));
		assertThat(watch.<String, RuntimeException>transfer(() -> "a")).isEqualTo("a");
		// The timer ends when the whole time is over.
		awaitNoTimer();
		assertThat(watch.<String, RuntimeException>transfer(() -> "b")).isEqualTo("b");
		assertThat(this.times).hasValue(0);
		watch.requireInTime();
		assertGivenUpDuringARead(watch);
	}

	@Test
	@DisplayName("H13 a read that begins late in the time has what is left of it, and no longer")
	void whatIsLeft() {
		BodyWatch watch = watch(Duration.ofMillis(300));
		watch.<String, RuntimeException>transfer(() -> "a");
		LockSupport.parkNanos(150_000_000); // what is tested: time passes
		assertGivenUpDuringARead(watch);
	}

	@Test
	@DisplayName("H13 who still reads after the slot came back in time does so unwatched, and leaves no timer behind")
	void unwatched() {
		BodyWatch watch = watch(Duration.ofSeconds(1));
		String read = watch.transfer(() -> {
			watch.stop();
			LockSupport.parkNanos(1_200_000_000); // what is tested: time passes
			return watch.<String, RuntimeException>transfer(() -> "all");
		});
		assertThat(read).isEqualTo("all");
		assertThat(this.times).hasValue(0);
		assertThat(watch.isExpired()).isFalse();
		BodyWatch patient = watch(Duration.ofHours(1));
		patient.<String, RuntimeException>transfer(() -> "a");
		patient.stop();
		awaitNoTimer();
	}

	@Test
	@DisplayName("H13 a read that fails does so as ever in time, and as too late after it")
	void failingReads() {
		BodyWatch watch = watch(Duration.ofSeconds(1));
		IOException broken = new IOException("broken");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> watch.transfer(() -> {
			throw broken;
		})).isSameAs(broken);
		assertThatExceptionOfType(BodyTimeoutException.class).isThrownBy(() -> watch.transfer(() -> {
			this.givenUp.await(10, TimeUnit.SECONDS);
			throw broken;
		})).satisfies((late) -> assertThat(late.getSuppressed()).containsExactly(broken));
	}

	@Test
	@DisplayName("H13 a read that took too long while the server goes down, and no timer runs any more, gives the slot up when it ends")
	void withoutATimer() {
		BodyWatch watch = watch(Duration.ofMillis(50));
		this.scheduler.close();
		assertThatExceptionOfType(BodyTimeoutException.class).isThrownBy(() -> watch.transfer(() -> {
			LockSupport.parkNanos(100_000_000); // what is tested: time passes
			return "late";
		}));
		assertThat(this.times).hasValue(1);
	}

}
