package io.greenroom.deferred;

import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.greenroom.deferred.internal.CallGate;
import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.deferred.internal.Inside;
import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Collected;
import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Handlers that are made, called and let go. */
@Timeout(120)
@CloseSchedulers
class DroppedHandlersTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(100)).build();

	/** How a handler is made and used. */
	enum Use {

		NEVER_CALLED {
			@Override
			void use(Handler handler, Deferred<Cart> cart) {
			}
		},
		SYNC, TIMED {
			@Override
			void use(Handler handler, Deferred<Cart> cart) {
				cart.sync(Duration.ofSeconds(20)).put();
			}
		},
		ONEWAY {
			@Override
			void use(Handler handler, Deferred<Cart> cart) {
				cart.oneway().put();
			}
		},
		ASYNC {
			@Override
			void use(Handler handler, Deferred<Cart> cart) {
				cart.async(Cart::put).join();
			}
		},
		DIRECT {
			@Override
			void use(Handler handler, Deferred<Cart> cart) {
				cart.direct().put();
			}
		},
		FAILED {
			@Override
			void use(Handler handler, Deferred<Cart> cart) {
				assertThat(catchThrowable(() -> cart.sync().fail())).isInstanceOf(IllegalStateException.class);
			}
		},
		TIMED_OUT {
			@Override
			void use(Handler handler, Deferred<Cart> cart) {
				catchThrowable(() -> cart.sync(Duration.ofNanos(1)).put());
			}
		},
		READ {
			@Override
			void use(Handler handler, Deferred<Cart> cart) {
				cart.sync().size();
			}
		},
		BY_THE_CALLER {
			@Override
			HandlerOptions options() {
				return super.options().toBuilder().execution(Execution.CALLER_WHEN_IDLE).build();
			}
		},
		DROPPING {
			@Override
			HandlerOptions options() {
				return super.options().toBuilder().overflow(Overflow.DROP_OLDEST).capacity(1).build();
			}
		},
		WATCHED {
			@Override
			HandlerOptions options() {
				return super.options().toBuilder().busyLimit(Duration.ofSeconds(6)).build();
			}
		},
		NOT_WATCHED {
			@Override
			HandlerOptions options() {
				return super.options().toBuilder().busyLimit(Duration.ZERO).build();
			}
		},
		WATCHED_CLOSELY {
			@Override
			HandlerOptions options() {
				return super.options().toBuilder()
					.busyLimit(Duration.ofMillis(40))
					.execution(Execution.CALLER_WHEN_IDLE)
					.build();
			}
		},
		GATED {
			@Override
			void prepare(Handler handler) {
				handler.gatedBy(new OpenGate());
			}
		},
		MANUAL {
			@Override
			HandlerOptions options() {
				return super.options().toBuilder().processing(Processing.MANUAL).build();
			}

			@Override
			void use(Handler handler, Deferred<Cart> cart) {
				CompletableFuture<Integer> put = cart.async(Cart::put);
				assertThat(cart.calls().process()).isOne();
				assertThat(put).isCompletedWithValue(1);
			}
		},
		MANUAL_NEVER_CALLED {
			@Override
			HandlerOptions options() {
				return super.options().toBuilder().processing(Processing.MANUAL).build();
			}

			@Override
			void use(Handler handler, Deferred<Cart> cart) {
				assertThat(cart.calls().process()).isZero();
			}
		},
		CLOSED {
			@Override
			void use(Handler handler, Deferred<Cart> cart) {
				cart.sync().put();
				cart.close();
			}
		};

		/** The limit determines how often a handler is asked to rest. */
		HandlerOptions options() {
			return HandlerOptions.builder().name("cart").busyLimit(Duration.ofSeconds(2)).build();
		}

		void prepare(Handler handler) {
		}

		void use(Handler handler, Deferred<Cart> cart) {
			assertThat(cart.sync().put()).isOne();
		}

	}

	@Test
	@DisplayName("F05 a handler that nobody refers to any more is collected, however it was used")
	void areCollected() throws InterruptedException {
		Map<Use, List<WeakReference<Cart>>> dropped = new EnumMap<>(Use.class);
		for (Use use : Use.values()) {
			dropped.put(use, drop(use, 50));
		}
		// All at once, for each of them rests for a second first.
		for (Map.Entry<Use, List<WeakReference<Cart>>> each : dropped.entrySet()) {
			Collected.await(each.getKey().name(), each.getValue());
		}
		assertThat(this.scheduler.services()).isEmpty();
	}

	private List<WeakReference<Cart>> drop(Use use, int count) {
		List<WeakReference<Cart>> dropped = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			Cart target = new Cart();
			Handler handler = new Handler(this.scheduler, HandlerType.of(Cart.class), target, use.options());
			use.prepare(handler);
			use.use(handler, handler.deferred(Cart.class, target));
			dropped.add(new WeakReference<>(target));
		}
		return dropped;
	}

	@Test
	@DisplayName("F05 handlers whose loops are closed are collected")
	void closedLoopsAreCollected() throws InterruptedException {
		List<WeakReference<Object>> dropped = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			dropped.add(useAndCloseLoop());
		}
		Collected.await(dropped);
		assertThat(this.scheduler.services()).isEmpty();
	}

	private WeakReference<Object> useAndCloseLoop() {
		LoopedCart target = new LoopedCart();
		try (Deferred<LoopedCart> cart = Deferred.of(this.scheduler, target)) {
			assertThat(cart.sync().put()).isOne();
		}
		return new WeakReference<>(target);
	}

	@Test
	@DisplayName("F05 the heap stays bounded while handlers are made and dropped for long")
	void heapIsBounded() throws InterruptedException {
		for (int round = 0; round < 3; round++) {
			List<WeakReference<Cart>> dropped = new ArrayList<>();
			for (Use use : List.of(Use.SYNC, Use.GATED, Use.MANUAL, Use.BY_THE_CALLER, Use.READ)) {
				dropped.addAll(drop(use, 200));
			}
			Collected.await("round " + round, dropped);
			assertThat(this.scheduler.services()).isEmpty();
		}
	}

	@Test
	@DisplayName("F05 a handler at rest that somebody refers to is listed, called and drained like any other")
	void restingHandlersServe() throws Exception {
		Cart target = new Cart();
		Handler handler = new Handler(this.scheduler, HandlerType.of(Cart.class), target, HandlerOptions.defaults());
		Deferred<Cart> cart = handler.deferred(Cart.class, target);
		for (int round = 1; round <= 200; round++) {
			assertThat(cart.sync().put()).isEqualTo(round);
			rest(handler);
			assertThat(this.scheduler.services()).containsExactly(handler);
		}
		assertThat(this.scheduler.drain(Duration.ofSeconds(5)).work().left()).isEmpty();
		assertThat(catchThrowable(() -> cart.sync().put())).isInstanceOf(HandlerStoppedException.class);
	}

	private static void rest(Handler handler) {
		Until.until("rest", () -> {
			Inside.rest(handler);
			return handler.threads().isEmpty();
		});
	}

	@Test
	@DisplayName("F05 D31 a call left in a MANUAL handler that nobody refers to keeps it till its caller is told")
	void queuedCallsAreTold() {
		CompletableFuture<Integer> left = leaveQueued();
		for (int i = 0; i < 5; i++) {
			System.gc();
		}
		assertThat(this.scheduler.services()).hasSize(1);
		long start = System.nanoTime();
		this.scheduler.close();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
		assertThat(left).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(HandlerStoppedException.class)
			.withMessageContaining("MANUAL");
	}

	private CompletableFuture<Integer> leaveQueued() {
		return Deferred.of(this.scheduler, new Cart(), HandlerOptions.builder().processing(Processing.MANUAL).build())
			.async(Cart::put);
	}

	@Test
	@DisplayName("F05 rests race with calls of those who refer to a handler: none is lost, and in the end it is collected")
	void racesWithRest() throws Exception {
		WeakReference<Cart> dropped = race();
		Collected.await(dropped);
	}

	private WeakReference<Cart> race() throws Exception {
		Cart target = new Cart();
		Handler handler = new Handler(this.scheduler, HandlerType.of(Cart.class), target, HandlerOptions.defaults());
		Deferred<Cart> cart = handler.deferred(Cart.class, target);
		List<Thread> callers = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			callers.add(Thread.startVirtualThread(() -> {
				for (int n = 0; n < 2_000; n++) {
					cart.sync().put();
					Inside.rest(handler);
				}
			}));
		}
		for (Thread caller : callers) {
			caller.join();
		}
		assertThat(cart.sync().put()).isEqualTo(8_001);
		return new WeakReference<>(target);
	}

	/** Takes all calls at any time. */
	private static final class OpenGate implements CallGate {

		@Override
		public boolean takes(Method method) {
			return true;
		}

		@Override
		public boolean isOpen() {
			return true;
		}

		@Override
		public boolean isIn(List<String> states) {
			return true;
		}

		@Override
		public boolean isOver() {
			return false;
		}

		@Override
		public String where() {
			return "anywhere";
		}

		@Override
		public void run(Runnable body) {
			body.run();
		}

		@Override
		public void ran() {
		}

	}

	static class Cart {

		private final byte[] state = new byte[100_000];

		private int puts;

		int put() {
			return ++this.puts;
		}

		void fail() {
			throw new IllegalStateException("full");
		}

		@ReadOnly
		int size() {
			return this.state.length;
		}

	}

	static class LoopedCart extends Cart {

		@Nullable Thread loop;

		@ProcessingLoop
		void loop(DeferredCalls calls) {
			this.loop = Thread.currentThread();
			while (!calls.isClosing()) {
				calls.process(Duration.ofMillis(50));
			}
		}

	}

}
