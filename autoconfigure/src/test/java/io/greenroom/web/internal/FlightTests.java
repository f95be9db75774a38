package io.greenroom.web.internal;

import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.CloseSchedulers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.ServletRequestAttributes;

import static org.assertj.core.api.Assertions.assertThat;

/** What a hop holds, and that it gives all of it back once. */
@Timeout(60)
@CloseSchedulers
class FlightTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	private final GreenPool pool = this.scheduler.pool("one", 1);

	private final ControllerPool controllers = new ControllerPool(this.pool, PoolTerms.DEFAULT);

	private final Arrivals arrivals = new Arrivals();

	private final Flight flight = new Flight(this.arrivals, HopUser.UNKNOWN);

	private final AtomicInteger called = new AtomicInteger();

	@AfterEach
	void close() {
		this.arrivals.close();
	}

	private SlotLease lease() throws Exception {
		return new SlotLease(this.controllers, this.pool.enter(Duration.ZERO));
	}

	@Test
	@DisplayName("H14 H07 the controller of a request that its server ends is interrupted")
	void theControllerIsInterrupted() {
		FutureTask<Void> task = new FutureTask<>(() -> null);
		this.flight.task(task);
		this.flight.down();
		this.flight.abort();
		assertThat(task.isCancelled()).isTrue();
	}

	@Test
	@DisplayName("H07 a hop that is over keeps neither a slot nor a callback, and says so")
	void nothingIsHeldAfterTheEnd() throws Exception {
		this.flight.end();
		try (SlotLease late = lease()) {
			assertThat(this.flight.hold(late)).isFalse();
			assertThat(this.flight.held()).isNull();
			assertThat(this.flight.keep("bean", this.called::incrementAndGet)).isFalse();
		}
		assertThat(this.pool.active()).isZero();
	}

	@Test
	@DisplayName("H21 callbacks that were handed over to the dispatch back are called there, and only there")
	void callbacksRunOnce() {
		this.flight.keep("bean", this.called::incrementAndGet);
		ServletRequestAttributes landing = new ServletRequestAttributes(new MockHttpServletRequest());
		this.flight.handOver(landing);
		this.flight.end();
		assertThat(this.called).hasValue(0);
		landing.requestCompleted();
		assertThat(this.called).hasValue(1);
	}

	@Test
	@DisplayName("H07 F01 a callback that fails keeps neither the others from being called nor the slot")
	void callbacksThatFail() throws Exception {
		this.flight.keep("broken", () -> {
			throw new IllegalStateException("on purpose");
		});
		this.flight.keep("sound", this.called::incrementAndGet);
		assertThat(this.flight.hold(lease())).isTrue();
		this.flight.end();
		assertThat(this.called).hasValue(1);
		assertThat(this.pool.active()).isZero();
	}

}
