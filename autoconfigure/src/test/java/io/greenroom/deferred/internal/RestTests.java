package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.Execution;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.OnewayPhase;
import io.greenroom.deferred.Processing;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.green.DrainReport;
import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Handlers that give their thread back while nobody calls. */
@Timeout(60)
@CloseSchedulers
class RestTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	private final Shop shop = new Shop();

	private Handler handler(HandlerOptions options) {
		return new Handler(this.scheduler, HandlerType.of(Shop.class), this.shop, options);
	}

	private static void awaitRest(Handler handler) {
		Until.until("the handler to rest", () -> {
			handler.rest();
			return handler.threads().isEmpty();
		});
	}

	@Test
	@DisplayName("D41 a handler nobody calls gives its thread back by itself, and has another one at the next call")
	void idleHandlersRest() {
		Handler handler = handler(HandlerOptions.builder().busyLimit(Duration.ofMillis(50)).build());
		Deferred<Shop> deferred = handler.deferred(Shop.class, this.shop);
		Thread first = deferred.sync().thread();
		Until.until("the handler to rest", () -> handler.threads().isEmpty());
		Thread second = deferred.sync().thread();
		assertThat(second).isNotSameAs(first).matches(Thread::isVirtual);
		assertThat(second.getName()).isEqualTo(first.getName());
		assertThat(deferred.sync().thread()).isSameAs(second);
	}

	@Test
	@DisplayName("D41 a handler that is called does not rest, nor one with a loop or without an owner")
	void busyHandlersDoNotRest() {
		Handler handler = handler(HandlerOptions.builder().processing(Processing.MANUAL).build());
		handler.deferred(Shop.class, this.shop).oneway().sell();
		handler.rest();
		assertThat(handler.calls().process()).isOne();
		LoopedShop looped = new LoopedShop();
		Handler loop = new Handler(this.scheduler, HandlerType.of(LoopedShop.class), looped, HandlerOptions.defaults());
		loop.start();
		Shop sync = loop.deferred(LoopedShop.class, looped).sync();
		Thread first = sync.thread();
		loop.rest();
		assertThat(sync.thread()).isSameAs(first);
	}

	@Test
	@DisplayName("D21 a resting handler is processed by nobody else, and goes on being its owner's")
	void restingHandlersHaveAnOwner() {
		Handler handler = handler(HandlerOptions.defaults());
		Deferred<Shop> deferred = handler.deferred(Shop.class, this.shop);
		deferred.sync().sell();
		awaitRest(handler);
		assertThatIllegalStateException().isThrownBy(handler.calls()::process)
			.withMessageContaining("of its own, which rests");
		assertThat(deferred.sync().sell()).isEqualTo(2);
	}

	@Test
	@DisplayName("D31 D41 an idle handler gives its thread back at the shutdown, and has another for calls from inside")
	void idleHandlersRestAtTheShutdown() throws Exception {
		Handler handler = handler(HandlerOptions.defaults());
		Deferred<Shop> deferred = handler.deferred(Shop.class, this.shop);
		deferred.sync().sell();
		handler.reject();
		Until.until("the handler to rest", () -> handler.threads().isEmpty());
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(() -> deferred.sync().sell());
		assertThat(this.scheduler.spawn(() -> deferred.sync().sell()).get()).isEqualTo(2);
		// The caller has its answer before the owner has counted the call.
		Until.until("the call to be counted", () -> handler.report().ran() != 0);
		assertThat(handler.report().ran()).isOne();
	}

	@Test
	@DisplayName("D30 D31 D41 a call reserved at a resting handler wakes it and keeps it from resting, so that a drain runs the call")
	void reservedCallsKeepHandlersAwake() throws Exception {
		Commit commit = new Commit();
		Handler handler = new Handler(this.scheduler, HandlerType.of(Shop.class), this.shop, HandlerOptions.defaults(),
				commit);
		Deferred<Shop> deferred = handler.deferred(Shop.class, this.shop);
		deferred.sync().sell();
		awaitRest(handler);
		deferred.sync().sellAfterCommit();
		assertThat(handler.threads()).isNotEmpty();
		CompletableFuture<Integer> drained = CompletableFuture
			.supplyAsync(() -> this.scheduler.drain(Duration.ofSeconds(20)).work().ran());
		Until.until("the shutdown to begin", () -> deferred.calls().isClosing());
		assertThat(handler.isQuiet()).isFalse();
		for (int i = 0; i < 1000; i++) {
			handler.rest();
			Thread.yield();
		}
		commit.reserved.get().submit();
		assertThat(drained.get(30, TimeUnit.SECONDS)).isOne();
		assertThat(this.shop.count).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("D22 D08 D41 resting races with calls: none is lost, none overtakes, never two inside (4 callers, 20000 calls each)")
	void restingRacesWithCalls(Execution execution) throws Exception {
		Handler handler = handler(HandlerOptions.builder().execution(execution).build());
		Deferred<Shop> deferred = handler.deferred(Shop.class, this.shop);
		AtomicBoolean over = new AtomicBoolean();
		AtomicInteger rests = new AtomicInteger();
		Thread restless = Thread.ofPlatform().start(() -> {
			while (!over.get()) {
				handler.rest();
				rests.addAndGet(handler.threads().isEmpty() ? 1 : 0);
			}
		});
		List<CompletableFuture<Integer>> callers = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			int caller = i;
			callers.add(CompletableFuture.supplyAsync(() -> {
				for (int round = 1; round <= 10_000; round++) {
					deferred.oneway().sellTo(caller);
					deferred.sync().sellTo(caller);
					if (round % 100 == 0) {
						assertThat(deferred.sync().soldTo(caller)).isEqualTo(2 * round);
						Thread.yield();
					}
				}
				return caller;
			}, Thread::startVirtualThread));
		}
		for (CompletableFuture<Integer> caller : callers) {
			caller.get(50, TimeUnit.SECONDS);
		}
		// At its ease, so that it surely rests in between.
		for (int round = 0; round < 200; round++) {
			awaitRest(handler);
			assertThat(deferred.sync().sell()).isEqualTo(round + 1);
		}
		over.set(true);
		restless.join();
		assertThat(rests.get()).isPositive();
		assertThat(this.shop.most.get()).isOne();
		assertThat(deferred.calls().pending()).isZero();
	}

	@Test
	@DisplayName("D31 D41 a resting handler serves accepted work while the scheduler drains, rejects outsiders, and ends at once")
	void restingHandlersAtTheShutdown() throws Exception {
		Handler handler = handler(HandlerOptions.defaults());
		Deferred<Shop> deferred = handler.deferred(Shop.class, this.shop);
		deferred.sync().sell();
		CompletableFuture<Void> draining = new CompletableFuture<>();
		var accepted = this.scheduler.spawn("accepted", () -> {
			draining.get(20, TimeUnit.SECONDS);
			return deferred.sync().sell();
		});
		awaitRest(handler);
		CompletableFuture<DrainReport> drain = CompletableFuture
			.supplyAsync(() -> this.scheduler.drain(Duration.ofSeconds(20)), Thread::startVirtualThread);
		Until.until("the shutdown to begin", () -> handler.calls().isClosing());
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(deferred.sync()::sell);
		draining.complete(null);
		assertThat(accepted.get()).isEqualTo(2);
		assertThat(drain.get(20, TimeUnit.SECONDS).work().ran()).isOne();
	}

	@Test
	@DisplayName("D20 D31 resting races with the end: each call is run or told")
	void restingRacesWithTheEnd() throws Exception {
		for (int round = 0; round < Rounds.of(5_000); round++) {
			Handler handler = handler(HandlerOptions.defaults());
			Deferred<Shop> deferred = handler.deferred(Shop.class, this.shop);
			deferred.sync().thread();
			Thread rest = Thread.startVirtualThread(handler::rest);
			CompletableFuture<CompletableFuture<Integer>> called = new CompletableFuture<>();
			Thread.startVirtualThread(() -> {
				try {
					called.complete(deferred.async(Shop::sell));
				}
				catch (HandlerStoppedException rejected) {
					called.complete(CompletableFuture.failedFuture(rejected));
				}
			});
			handler.stop((round % 2 == 0) ? Duration.ZERO : Duration.ofSeconds(5));
			rest.join();
			assertThat(called.get(10, TimeUnit.SECONDS).handle((sold, failure) -> true).get(10, TimeUnit.SECONDS))
				.isTrue();
		}
	}

	/** Sells without a lock. */
	static class Shop {

		final AtomicInteger most = new AtomicInteger();

		private final AtomicInteger inside = new AtomicInteger();

		private final int[] sold = new int[4];

		private int count;

		int sell() {
			return ++this.count;
		}

		@Oneway(phase = OnewayPhase.AFTER_COMMIT)
		void sellAfterCommit() {
			sell();
		}

		void sellTo(int caller) {
			this.most.accumulateAndGet(this.inside.incrementAndGet(), Math::max);
			this.sold[caller]++;
			this.inside.decrementAndGet();
		}

		int soldTo(int caller) {
			return this.sold[caller];
		}

		Thread thread() {
			return Thread.currentThread();
		}

	}

	/** A transaction that everybody is in, with one call to be made at its end. */
	private static final class Commit implements CallerTransactions {

		final AtomicReference<ReservedCall> reserved = new AtomicReference<>();

		@Override
		public boolean isActive() {
			return this.reserved.get() == null;
		}

		@Override
		public void atEnd(ReservedCall call) {
			this.reserved.set(call);
		}

	}

	/** Has a loop. */
	static class LoopedShop extends Shop {

		@ProcessingLoop
		void run(DeferredCalls calls) {
			calls.processForever();
		}

	}

}
