package io.greenroom.deferred;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.CallMode;
import io.greenroom.observe.HandlerGauges;
import io.greenroom.observe.HandlerListener;
import io.greenroom.observe.Observer;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What becomes of calls for which there is no room. */
@Timeout(120)
@CloseSchedulers
class OverflowTests {

	private final AtomicInteger dropped = new AtomicInteger();

	private final GreenScheduler scheduler = GreenScheduler.builder().observer(new Observer() {

		@Override
		public HandlerListener handler(String handler, HandlerGauges gauges) {
			return new HandlerListener() {

				@Override
				public void rejected(String method, CallMode mode, String reason) {
					if (reason.equals("dropped") && mode == CallMode.ONEWAY) {
						OverflowTests.this.dropped.incrementAndGet();
					}
				}

			};
		}

	}).build();

	private final CountDownLatch inside = new CountDownLatch(1);

	private final CountDownLatch leave = new CountDownLatch(1);

	/** Overridden where all of this is to hold with other options too. */
	HandlerOptions options() {
		return HandlerOptions.defaults();
	}

	private Deferred<News> stuck(Overflow overflow, News news) throws InterruptedException {
		HandlerOptions options = options().toBuilder()
			.capacity(100)
			.overflow(overflow)
			.timeout(Duration.ofSeconds(20))
			.build();
		Deferred<News> deferred = Deferred.of(this.scheduler, news, options);
		deferred.oneway().hold(this.inside, this.leave);
		this.inside.await();
		return deferred;
	}

	@Test
	@DisplayName("D25 DROP_OLDEST keeps the newest oneway calls, in their order, and counts the others")
	void dropOldest() throws Exception {
		News news = new News();
		Deferred<News> deferred = stuck(Overflow.DROP_OLDEST, news);
		IntStream.range(0, 10_000).forEach(deferred.oneway()::hear);
		assertThat(deferred.calls().pending()).isEqualTo(100);
		this.leave.countDown();
		assertThat(deferred.sync().heard()).isEqualTo(IntStream.range(9_900, 10_000).boxed().toList());
		assertThat(this.dropped).hasValue(9_900);
	}

	@Test
	@DisplayName("D25 DROP_NEWEST keeps the oldest oneway calls and counts the others")
	void dropNewest() throws Exception {
		News news = new News();
		Deferred<News> deferred = stuck(Overflow.DROP_NEWEST, news);
		IntStream.range(0, 10_000).forEach(deferred.oneway()::hear);
		this.leave.countDown();
		assertThat(deferred.sync().heard()).isEqualTo(IntStream.range(0, 100).boxed().toList());
		assertThat(this.dropped).hasValue(9_900);
	}

	@ParameterizedTest
	@EnumSource(names = { "DROP_OLDEST", "DROP_NEWEST" })
	@DisplayName("D25 calls that somebody waits for are never dropped, and wait for room")
	void awaitedCallsAreNotDropped(Overflow overflow) throws Exception {
		News news = new News();
		Deferred<News> deferred = stuck(overflow, news);
		List<CompletableFuture<List<Integer>>> awaited = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			awaited.add(deferred.async(News::heard));
		}
		IntStream.range(0, 1_000).forEach(deferred.oneway()::hear);
		Thread patient = Thread.startVirtualThread(() -> awaited.add(deferred.async(News::heard)));
		Until.waiting(patient);
		this.leave.countDown();
		patient.join();
		assertThat(deferred.sync().heard()).hasSize(50);
		for (CompletableFuture<List<Integer>> call : awaited) {
			call.get(20, TimeUnit.SECONDS);
		}
		assertThat(awaited).hasSize(51);
	}

	@Test
	@DisplayName("D25 a handler that is stuck keeps no more dropped calls than there is room, nor withdrawn ones")
	void stuckHandlersKeepNothing() throws Exception {
		Deferred<News> deferred = stuck(Overflow.DROP_OLDEST, new News());
		List<WeakReference<Object>> payloads = new ArrayList<>();
		for (int i = 0; i < 10_000; i++) {
			Object payload = new byte[100];
			payloads.add(new WeakReference<>(payload));
			deferred.oneway().keep(payload);
		}
		System.gc();
		assertThat(payloads.stream().filter((payload) -> payload.get() != null).count()).isLessThanOrEqualTo(110);
		News impatient = deferred.sync(Duration.ofNanos(1));
		for (int i = 0; i < 1_000; i++) {
			assertThatExceptionOfType(DeferredException.class).isThrownBy(impatient::heard);
		}
		assertThat(deferred.calls().pending()).isEqualTo(100);
		this.leave.countDown();
	}

	@Test
	@DisplayName("D25 dropping races with running: each oneway call runs once or is counted as dropped (5 x 200000 calls)")
	void droppingRacesWithRunning() throws Exception {
		for (int round = 0; round < 5; round++) {
			this.dropped.set(0);
			News news = new News();
			Deferred<News> deferred = Deferred.of(this.scheduler, news,
					options().toBuilder().capacity(3).overflow(Overflow.DROP_OLDEST).build());
			List<Thread> callers = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				callers
					.add(Thread.startVirtualThread(() -> IntStream.range(0, 50_000).forEach(deferred.oneway()::count)));
			}
			for (Thread caller : callers) {
				caller.join();
			}
			assertThat(deferred.sync().counted()).isEqualTo(200_000 - this.dropped.get());
			assertThat(deferred.calls().pending()).isZero();
		}
	}

	/** Hears numbers. */
	static class News {

		private final List<Integer> heard = new ArrayList<>();

		private int count;

		void hear(int number) {
			this.heard.add(number);
		}

		void count(int ignored) {
			this.count++;
		}

		int counted() {
			return this.count;
		}

		void keep(Object payload) {
		}

		List<Integer> heard() {
			return List.copyOf(this.heard);
		}

		void hold(CountDownLatch inside, CountDownLatch leave) throws InterruptedException {
			inside.countDown();
			leave.await();
		}

	}

}
