package io.greenroom.green.internal;

import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CountdownTests {

	private final AtomicLong clock = new AtomicLong(-7);

	@Test
	void leavesTheDifferenceAndNeverLess() {
		Countdown countdown = new Countdown(100, this.clock::get);
		assertThat(countdown.left()).isEqualTo(100);
		this.clock.addAndGet(30);
		assertThat(countdown.left()).isEqualTo(70);
		this.clock.addAndGet(71);
		assertThat(countdown.left()).isZero();
	}

	@Test
	void anInfiniteLimitStaysInfinite() {
		Countdown countdown = new Countdown(Long.MAX_VALUE, this.clock::get);
		this.clock.addAndGet(1000);
		assertThat(countdown.left()).isEqualTo(Long.MAX_VALUE);
	}

}
