package io.greenroom.green.worker;

import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.greenroom.green.internal.Timing;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What keeps a worker's time from jumping, and how long. */
class RealWaitsTests {

	private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 1);

	private final RealWaits waits = new RealWaits(this.time::get);

	@Test
	@DisplayName("C11 no timer is jumped to while one waits for the outside by means of the JDK, for a while")
	void jdk() {
		this.waits.beginJdk("latch", () -> RealWaits.NONE);
		assertThat(this.waits.held()).isEmpty();
		this.waits.beginJdk("network", () -> RealWaits.ALL);
		assertThat(this.waits.held()).containsExactlyInAnyOrder(Timing.values());
		this.time.addAndGet(RealWaits.LIMIT.toNanos() - 1);
		assertThat(this.waits.isForWork("network")).isFalse();
		assertThat(this.waits.held()).containsExactlyInAnyOrder(Timing.values());
		this.time.incrementAndGet();
		assertThat(this.waits.held()).isEmpty();
		assertThat(this.waits.isForWork("network")).isTrue();
		assertThat(this.waits.isForWork("latch")).isFalse();
		assertThat(this.waits.isForWork("nothing")).isFalse();
	}

	@Test
	@DisplayName("C11 each wait begins anew, and what has ended keeps nothing")
	void anew() {
		this.waits.beginJdk("network", () -> RealWaits.ALL);
		this.time.addAndGet(RealWaits.LIMIT.toNanos());
		this.waits.end("network");
		this.waits.beginJdk("network", () -> RealWaits.ALL);
		assertThat(this.waits.held()).isNotEmpty();
		this.waits.end("network");
		assertThat(this.waits.held()).isEmpty();
	}

	@Test
	@DisplayName("C18 no limit is jumped to while a command runs; one that waits for work keeps nothing")
	void own() {
		AtomicBoolean forWork = new AtomicBoolean();
		this.waits.beginOwn("command", forWork::get);
		this.time.addAndGet(10 * RealWaits.LIMIT.toNanos());
		assertThat(this.waits.held()).isEqualTo(Set.of(Timing.LIMIT));
		assertThat(this.waits.isForWork("command")).isFalse();
		this.waits.beginJdk("network", () -> RealWaits.ALL);
		assertThat(this.waits.held()).containsExactlyInAnyOrder(Timing.values());
		this.waits.end("network");
		forWork.set(true);
		assertThat(this.waits.held()).isEmpty();
		assertThat(this.waits.isForWork("command")).isTrue();
	}

	@Test
	@DisplayName("C11 no limit is jumped to while one waits with a limit by means of the JDK, for a while")
	void timed() {
		this.waits.beginJdk("latch", () -> RealWaits.LIMITS);
		assertThat(this.waits.held()).isEqualTo(Set.of(Timing.LIMIT));
		this.time.addAndGet(RealWaits.LIMIT.toNanos());
		assertThat(this.waits.held()).isEmpty();
		assertThat(this.waits.isForWork("latch")).isTrue();
	}

	@Test
	@DisplayName("C18 while one waits in reality, a round of yields takes no more time than in reality")
	void rounds() {
		assertThat(this.waits.round(1000)).isEqualTo(1000);
		this.waits.beginOwn("command", () -> false);
		this.waits.round(1000);
		for (int real : new int[] { 0, 1, 300, 999 }) {
			this.time.addAndGet(real);
			assertThat(this.waits.round(1000)).isEqualTo(real);
		}
		this.time.addAndGet(5000);
		assertThat(this.waits.round(1000)).isEqualTo(1000);
		this.waits.end("command");
		assertThat(this.waits.round(1000)).isEqualTo(1000);
	}

}
