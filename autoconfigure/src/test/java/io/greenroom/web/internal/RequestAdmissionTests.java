package io.greenroom.web.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.Reservation;
import io.greenroom.green.Slot;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.web.PoolRejectedException;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/** Who is let in, and whether anybody looks after the client. */
@Timeout(60)
@CloseSchedulers
class RequestAdmissionTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	private final GreenPool pool = this.scheduler.pool("one", 1);

	private final ControllerPool controllers = new ControllerPool(this.pool, PoolTerms.DEFAULT);

	private final AtomicInteger asked = new AtomicInteger();

	/** A request whose server answers so when it is asked after the client. */
	private HttpServletRequest request(BooleanSupplier gone) {
		MockHttpServletRequest request = new MockHttpServletRequest();
		ServerExchange exchange = mock();
		given(exchange.isClientGone()).will((_) -> {
			this.asked.incrementAndGet();
			return gone.getAsBoolean();
		});
		request.setAttribute(ServerExchange.ATTRIBUTE, exchange);
		return request;
	}

	/** Enters after a wait in line. */
	private CompletableFuture<SlotLease> enterFromTheLine(HttpServletRequest request) throws Exception {
		CompletableFuture<SlotLease> entered = new CompletableFuture<>();
		try (Slot _ = this.pool.enter(Duration.ZERO)) {
			Reservation place = this.controllers.reserve();
			Thread waits = Thread.startVirtualThread(() -> {
				try {
					entered.complete(RequestAdmission.enter(this.controllers, place, request));
				}
				catch (Throwable rejected) {
					entered.completeExceptionally(rejected);
				}
			});
			while (waits.getState() != Thread.State.WAITING && waits.getState() != Thread.State.TIMED_WAITING) {
				assertThat(waits.isAlive()).isTrue();
				Thread.yield();
			}
		}
		return entered;
	}

	@Test
	@DisplayName("H07 who need not wait is let in without a look after its client")
	void nobodyLooksAfterWhoDidNotWait() throws Exception {
		try (SlotLease _ = RequestAdmission.enter(this.controllers, this.controllers.reserve(), request(() -> true))) {
			assertThat(this.pool.active()).isOne();
		}
		assertThat(this.asked).hasValue(0);
		assertThat(this.pool.active()).isZero();
	}

	@Test
	@DisplayName("H07 who has waited is let in after one look, if its client is there")
	void looksOnceAfterWhoHasWaited() throws Exception {
		try (SlotLease _ = enterFromTheLine(request(() -> false)).get(20, TimeUnit.SECONDS)) {
			assertThat(this.asked).hasValue(1);
			assertThat(this.pool.active()).isOne();
		}
		assertThat(this.pool.active()).isZero();
	}

	@Test
	@DisplayName("H07 whose client has gone is not let in, and leaves its slot to others, as does one whose look fails")
	void leavesItsSlot() throws Exception {
		CompletableFuture<SlotLease> gone = enterFromTheLine(request(() -> true));
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> gone.get(20, TimeUnit.SECONDS))
			.withCauseInstanceOf(AsyncRequestNotUsableException.class)
			.withMessageContaining("disconnected while its request waited for a slot");
		assertThat(this.pool.active()).isZero();
		CompletableFuture<SlotLease> failed = enterFromTheLine(request(() -> {
			throw new IllegalStateException("on purpose");
		}));
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> failed.get(20, TimeUnit.SECONDS))
			.withCauseInstanceOf(IllegalStateException.class);
		assertThat(this.pool.active()).isZero();
	}

	@Test
	@DisplayName("H05 a request that is interrupted in line is rejected, keeps its flag, and takes no slot along")
	void interruptedInLine() throws Exception {
		CountDownLatch leave = new CountDownLatch(1);
		this.pool.submit(() -> leave.await());
		Reservation place = this.controllers.reserve();
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(PoolRejectedException.class).isThrownBy(() -> this.controllers.await(place));
		assertThat(Thread.interrupted()).isTrue();
		leave.countDown();
		this.pool.join();
		assertThat(this.pool.queued()).isZero();
	}

}
