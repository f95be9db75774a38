package io.greenroom.green;

import java.time.Duration;

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

}
