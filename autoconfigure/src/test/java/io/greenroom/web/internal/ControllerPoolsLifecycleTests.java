package io.greenroom.web.internal;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.Reservation;
import io.greenroom.green.Slot;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.web.PoolRejectedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
@CloseSchedulers
class ControllerPoolsLifecycleTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofMillis(100)).build();

	private final ControllerPool pool = new ControllerPool(this.scheduler.pool("one").size(1).queueCapacity(1).build(),
			PoolTerms.DEFAULT);

	private final ControllerPools pools = new ControllerPools(Map.of("one", this.pool));

	@AfterEach
	void close() {
		this.pools.close();
	}

	@Test
	@DisplayName("H18 a pool that is idle when the shutdown begins serves whoever comes while the server still answers")
	void idlePoolStaysOpen() throws Exception {
		ControllerPoolsLifecycle lifecycle = new ControllerPoolsLifecycle(this.pools, Duration.ofMinutes(1));
		lifecycle.start();
		CompletableFuture<Void> told = new CompletableFuture<>();
		lifecycle.stop(() -> told.complete(null));
		told.get(30, TimeUnit.SECONDS);
		for (int i = 0; i < 3; i++) {
			try (Slot slot = this.pool.await(this.pool.reserve())) {
				assertThat(this.pool.pool().active()).isOne();
			}
		}
	}

	@Test
	@DisplayName("H18 H05 whoever still waits when the grace period is nearly over is rejected, also one that came late")
	void rejectsInTheEnd() throws Exception {
		ControllerPoolsLifecycle lifecycle = new ControllerPoolsLifecycle(this.pools, Duration.ofSeconds(2));
		lifecycle.start();
		CompletableFuture<Void> told = new CompletableFuture<>();
		lifecycle.stop(() -> told.complete(null));
		told.get(30, TimeUnit.SECONDS);
		try (Slot slot = this.pool.await(this.pool.reserve())) {
			Reservation late = this.pool.reserve();
			assertThatExceptionOfType(PoolRejectedException.class).isThrownBy(() -> this.pool.await(late));
		}
		assertThatExceptionOfType(PoolRejectedException.class).isThrownBy(this.pool::reserve);
	}

	@Test
	@DisplayName("H07 an immediate shutdown rejects the waiting before the server, told that it may go on, interrupts the running")
	void immediateShutdownRejectsAtOnce() throws Exception {
		ControllerPoolsLifecycle lifecycle = new ControllerPoolsLifecycle(this.pools, Duration.ZERO);
		lifecycle.start();
		try (Slot slot = this.pool.await(this.pool.reserve())) {
			Reservation waiting = this.pool.reserve();
			CompletableFuture<Integer> queued = new CompletableFuture<>();
			lifecycle.stop(() -> queued.complete(this.pool.pool().queued()));
			assertThat(queued.get(30, TimeUnit.SECONDS)).isZero();
			assertThatExceptionOfType(PoolRejectedException.class).isThrownBy(() -> this.pool.await(waiting));
		}
	}

}
