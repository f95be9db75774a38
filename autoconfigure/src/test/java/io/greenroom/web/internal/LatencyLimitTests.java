package io.greenroom.web.internal;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.Slot;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.web.BodyTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Limits against a made-up backend, in made-up time: nothing here depends on a clock. */
@CloseSchedulers
class LatencyLimitTests {

	private static final long MS = 1_000_000;

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	private final AtomicLong now = new AtomicLong(1);

	/** Serves so many at once in 100 ms; more take proportionally longer. */
	private static long latency(int inside, int capacity) {
		return 100 * MS * Math.max(inside, capacity) / capacity;
	}

	/** Keeps as many at work as the limit allows, until so many have ended. */
	private void run(SizeLimit limit, int capacity, int requests) {
		for (int i = 0; i < requests; i++) {
			int inside = limit.size();
			long nanos = latency(inside, capacity);
			limit.sample(this.now.getAndAdd(nanos / inside), nanos, inside, false);
		}
	}

	@Test
	@DisplayName("H10 aimd settles where the backend still meets the target, and follows it")
	void aimdFollowsTheBackend() {
		SizeLimit limit = LatencyLimit.aimd(20, 5, 500, Duration.ofMillis(150));
		run(limit, 40, 300);
		assertThat(limit.size()).as("60 take 150 ms").isBetween(5, 62);
		assertThat(limit.size()).isGreaterThanOrEqualTo(20);
		run(limit, 10, 300);
		assertThat(limit.size()).as("15 take 150 ms").isBetween(5, 17);
		run(limit, 200, 600);
		assertThat(limit.size()).as("300 take 150 ms").isBetween(150, 302);
	}

	@Test
	@DisplayName("H10 gradient grows while latency stays as it is, and shrinks when it rises")
	void gradientFollowsLatency() {
		SizeLimit limit = LatencyLimit.gradient(20, 10, 200);
		run(limit, 1000, 20_000);
		int grown = limit.size();
		assertThat(grown).isGreaterThan(40);
		run(limit, 10, 4_000);
		assertThat(limit.size()).isLessThan(grown * 3 / 4);
	}

	@Test
	@DisplayName("H10 both go as far as their bounds and no further")
	void bounds() {
		for (SizeLimit limit : new SizeLimit[] { LatencyLimit.aimd(20, 15, 25, Duration.ofMillis(150)),
				LatencyLimit.gradient(20, 15, 25) }) {
			run(limit, 1000, 20_000);
			assertThat(limit.size()).isEqualTo(25);
			// Dense enough for gradient, which passes a second with few samples by.
			for (int i = 0; i < 500; i++) {
				limit.sample(this.now.getAndAdd(50 * MS), 10_000 * MS, limit.size(), true);
			}
			assertThat(limit.size()).isEqualTo(15);
		}
		SizeLimit aimd = LatencyLimit.aimd(20, 15, 25, Duration.ofMillis(150));
		run(aimd, 1, 50);
		assertThat(aimd.size()).isEqualTo(15);
	}

	@Test
	@DisplayName("H10 a request's time in its slot, by the pool's clock, resizes the pool; a failure teaches nothing, a timeout does")
	void resizesThePool() throws Exception {
		GreenPool pool = this.scheduler.pool("adaptive", 20);
		ControllerPool controllers = new ControllerPool(pool, PoolTerms.DEFAULT,
				LatencyLimit.aimd(20, 5, 100, Duration.ofMillis(150)), this.now::get);
		stay(controllers, 200, null);
		assertThat(pool.size()).isEqualTo(18);
		stay(controllers, 200, new IllegalStateException("failed"));
		assertThat(pool.size()).isEqualTo(18);
		stay(controllers, 1, new IllegalStateException(new java.util.concurrent.TimeoutException()));
		assertThat(pool.size()).isEqualTo(16);
		stay(controllers, 100, null);
		assertThat(pool.size()).as("not in use").isEqualTo(16);
		Slot[] others = new Slot[10];
		for (int i = 0; i < others.length; i++) {
			others[i] = pool.enter(Duration.ZERO);
		}
		stay(controllers, 100, null);
		assertThat(pool.size()).isEqualTo(17);
		for (Slot other : others) {
			other.close();
		}
		assertThat(pool.active()).isZero();
	}

	@Test
	@DisplayName("H10 H13 a request that has lost its slot to a slow body teaches nothing")
	void slowBodyTeachesNothing() {
		PoolTerms terms = new PoolTerms(Duration.ofSeconds(5), Duration.ofNanos(1), Duration.ZERO, 503, Duration.ZERO,
				Duration.ZERO);
		GreenPool pool = this.scheduler.pool("adaptive", 20);
		ControllerPool controllers = new ControllerPool(pool, terms,
				LatencyLimit.aimd(20, 5, 100, Duration.ofMillis(150)), this.now::get);
		MockHttpServletRequest request = new MockHttpServletRequest("POST", "/");
		request.setContent(new byte[] { 1 });
		Server server = new Server();
		request.setAttribute(ServerExchange.ATTRIBUTE, server);
		try (SlotLease stay = new SlotLease(controllers, controllers.await(controllers.reserve()))) {
			stay.watch(request, this.scheduler);
			assertThatExceptionOfType(BodyTimeoutException.class)
				.isThrownBy(() -> server.reads.transfer(() -> request.getInputStream().read()));
			this.now.addAndGet(200 * MS);
		}
		assertThat(pool.size()).isEqualTo(20);
		assertThat(pool.active()).isZero();
	}

	private void stay(ControllerPool pool, long millis, Throwable failure) throws Exception {
		try (SlotLease stay = new SlotLease(pool, pool.await(pool.reserve()))) {
			this.now.addAndGet(millis * MS);
			if (failure != null) {
				stay.failed(failure);
			}
		}
	}

	private static final class Server implements ServerExchange {

		private IoWatch reads;

		@Override
		public boolean isClientGone() {
			return false;
		}

		@Override
		public void watchWrites(@Nullable WriteWatch watch) {
			// Nothing is written.
		}

		@Override
		public void abort() {
			throw new UnsupportedOperationException();
		}

		@Override
		public void watchReads(IoWatch watch) {
			this.reads = watch;
		}

	}

}
