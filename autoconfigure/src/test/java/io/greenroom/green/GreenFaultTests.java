package io.greenroom.green;

import java.time.Duration;

import io.greenroom.observe.LastFrames;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What goes wrong inside calls of this package's parts leaves nothing behind. */
@Timeout(120)
class GreenFaultTests {

	private final ThreadShortage shortage = new ThreadShortage();

	private final GreenScheduler scheduler = this.shortage.on(GreenScheduler.builder())
		.drainTimeout(Duration.ofSeconds(2))
		.build();

	@AfterEach
	void close() {
		this.shortage.end();
		this.scheduler.close();
	}

	@Test
	@DisplayName("F03 a spawn for which no thread can be had fails and leaves nothing alive")
	void shortOfThreads() throws Exception {
		this.shortage.next(1);
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> this.scheduler.spawn(() -> 1));
		assertThat(this.scheduler.dump(0).threads()).isEmpty();
		assertThat(this.scheduler.spawn(() -> 1).get()).isEqualTo(1);
	}

	@Test
	@DisplayName("F03 a stack that overflows in a timeout leaves nothing that fires later")
	void overflowInTimeout() throws Exception {
		long before = Blocking.alarms();
		LastFrames.Outcome outcome = LastFrames.of(150).rounds(9).afterwards(() -> {
			Until.until("the alarms to be gone", () -> Blocking.alarms() <= before);
			if (Thread.interrupted()) {
				throw new IllegalStateException("interrupted after all blocks were left");
			}
			return null;
		}).call(() -> {
			io.greenroom.green.Timeout.after(Duration.ofMillis(300)).run(() -> {
			});
			return null;
		}).assertReturned();
		assertThat(outcome.others()).isEmpty();
	}

	@Test
	@DisplayName("F03 a stack that overflows in a queue's call loses no item and leaves no lock held")
	void overflowInQueue() throws Exception {
		GreenQueue<Integer> queue = new GreenQueue<>(10_000);
		LastFrames.of(150).rounds(20).call(() -> queue.offer(1) ? queue.poll() : null).assertReturned();
		GreenThread<Boolean> other = this.scheduler.spawn(() -> {
			queue.offer(2);
			return queue.poll() != null;
		});
		assertThat(other.get(Duration.ofSeconds(5))).isTrue();
	}

}
