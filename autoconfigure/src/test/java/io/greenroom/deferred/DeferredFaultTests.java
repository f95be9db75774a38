package io.greenroom.deferred;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.HandlerGauges;
import io.greenroom.observe.HandlerListener;
import io.greenroom.observe.Observer;
import io.greenroom.testkit.LastFrames;
import io.greenroom.testkit.Until;
import io.greenroom.testkit.Unusual;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Every kind of call against what can go wrong in a body, in a listener, at the end of a
 * stack.
 */
@Timeout(120)
class DeferredFaultTests {

	/** The kinds of handlers, which take their calls in ways of their own. */
	private static final Map<String, HandlerOptions> HANDLERS = Map.of("owner", HandlerOptions.defaults(), "lent",
			HandlerOptions.builder().execution(Execution.CALLER_WHEN_IDLE).build(), "reentrant",
			HandlerOptions.builder().reentrant(true).build(), "interrupting",
			HandlerOptions.builder().onTimeout(OnTimeout.INTERRUPT).build(), "small",
			HandlerOptions.builder().capacity(2).build(), "dropping",
			HandlerOptions.builder().capacity(2).overflow(Overflow.DROP_OLDEST).build());

	private final AtomicReference<GreenScheduler> scheduler = new AtomicReference<>();

	@AfterEach
	void close() {
		GreenScheduler last = this.scheduler.get();
		if (last != null) {
			last.close();
		}
	}

	private Deferred<Target> handler(String options, Observer observer) {
		this.scheduler.set(GreenScheduler.builder().observer(observer).drainTimeout(Duration.ofSeconds(2)).build());
		return Deferred.of(this.scheduler.get(), new Target(),
				HANDLERS.get(options).toBuilder().name(options).timeout(Duration.ofSeconds(20)).build());
	}

	private static Stream<Arguments> bodies() {
		return HANDLERS.keySet()
			.stream()
			.flatMap((handler) -> Stream.of(Unusual.values()).map((unusual) -> Arguments.of(handler, unusual)));
	}

	@ParameterizedTest(name = "{displayName} [{0}, {1}]")
	@MethodSource("bodies")
	@DisplayName("F02 D16 a body may throw anything: its caller gets that very object, and the next call is served")
	void bodiesThrow(String options, Unusual unusual) throws Throwable {
		Deferred<Target> handler = handler(options, Observer.NONE);
		Throwable failure = unusual.make();
		assertThat(catchThrowable(() -> handler.sync().fail(failure))).isSameAs(failure);
		assertServes(handler);
		assertThat(catchThrowable(() -> handler.sync().failFirst(failure))).isSameAs(failure);
		assertServes(handler);
		assertThat(catchThrowable(() -> handler.sync().failReading(failure))).isSameAs(failure);
		assertServes(handler);
		Throwable ofAsync = catchThrowable(
				() -> handler.async((target) -> target.raise(failure)).get(20, TimeUnit.SECONDS));
		assertThat(ofAsync).isInstanceOf(ExecutionException.class);
		assertThat(Unusual.CAUSE_THROWS == unusual || ofAsync.getCause() == failure).isTrue();
		assertServes(handler);
		assertThat(catchThrowable(() -> handler.sync().failLater(failure).get(20, TimeUnit.SECONDS)))
			.isInstanceOf(ExecutionException.class);
		assertServes(handler);
		handler.oneway().fail(failure);
		assertServes(handler);
		handler.sync().failOneway(failure);
		assertServes(handler);
		Thread.interrupted();
	}

	private static List<Unusual> fromForeignCode() {
		return Unusual.fromForeignCode();
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@MethodSource("fromForeignCode")
	@DisplayName("F01 listeners may throw anything from whatever they are told, and calls go on")
	void listenersThrow(Unusual unusual) throws Throwable {
		for (String options : HANDLERS.keySet()) {
			Deferred<Target> handler = handler(options, new Observer() {
				@Override
				public HandlerListener handler(String name, HandlerGauges gauges) {
					return failing(unusual);
				}
			});
			assertServes(handler);
			IllegalStateException failure = new IllegalStateException("as asked");
			assertThat(catchThrowable(() -> handler.sync().fail(failure))).isSameAs(failure);
			handler.oneway().fail(failure);
			assertServes(handler);
			CountDownLatch latch = new CountDownLatch(1);
			handler.oneway().await(latch);
			assertThatExceptionOfType(DeferredTimeoutException.class)
				.isThrownBy(() -> handler.sync(Duration.ofMillis(20)).one());
			latch.countDown();
			assertServes(handler);
			close();
		}
	}

	/** Fails in each method, but for those that are not told anything. */
	private static HandlerListener failing(Unusual unusual) {
		return (HandlerListener) Proxy.newProxyInstance(HandlerListener.class.getClassLoader(),
				new Class<?>[] { HandlerListener.class }, (proxy, method, arguments) -> switch (method.getName()) {
					case "hashCode" -> 1;
					case "equals" -> proxy == arguments[0];
					default -> throw unusual.make();
				});
	}

	@Test
	@DisplayName("F01 a handler whose observer fails when it is asked for a listener has none")
	void observersThrow() throws Exception {
		for (Unusual unusual : Unusual.values()) {
			Deferred<Target> handler = handler("owner", new Observer() {
				@Override
				public HandlerListener handler(String name, HandlerGauges gauges) {
					return unusual.raise();
				}
			});
			assertServes(handler);
			close();
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@MethodSource("fromForeignCode")
	@DisplayName("F01 F09 what depends on a call's future runs on the handler's thread, and may throw or call back")
	void stagesThrow(Unusual unusual) throws Exception {
		Deferred<Target> handler = handler("owner", Observer.NONE);
		CountDownLatch latch = new CountDownLatch(1);
		handler.oneway().await(latch);
		CompletableFuture<Integer> called = new CompletableFuture<>();
		CompletableFuture<Integer> asked = handler.async(Target::one);
		asked.whenComplete((value, failure) -> unusual.raise());
		asked.whenComplete((value, failure) -> called.complete(handler.sync().one()));
		latch.countDown();
		assertThat(asked.get(20, TimeUnit.SECONDS)).isOne();
		assertThat(called.get(20, TimeUnit.SECONDS)).isOne();
		assertServes(handler);
	}

	private static Stream<Arguments> lastFrames() {
		Map<String, Step> steps = Map.of("sync", (handler) -> handler.sync().one(), "oneway",
				(handler) -> handler.oneway().one(), "async", (handler) -> handler.async(Target::one), "read",
				(handler) -> handler.sync().read(), "urgent", (handler) -> handler.sync().first(), "timed",
				(handler) -> handler.sync(Duration.ofSeconds(10)).one());
		return Stream.of("owner", "lent", "small")
			.flatMap((handler) -> steps.entrySet()
				.stream()
				.map((step) -> Arguments.of(handler, step.getKey(), step.getValue())));
	}

	@ParameterizedTest(name = "{displayName} [{0}, {1}]")
	@MethodSource("lastFrames")
	@DisplayName("F03 a caller whose stack overflows in a call takes no room and no turn along")
	void callersOverflow(String options, String name, Step step) throws Exception {
		Deferred<Target> handler = handler(options, Observer.NONE);
		LastFrames.Outcome outcome = LastFrames.of(1200).rounds(6).untilReturned().call(() -> {
			step.call(handler);
			return null;
		}).assertReturned();
		assertThat(outcome.returned()).as("the last of the frames have room: %s", outcome).isPositive();
		assertServes(handler);
		for (int i = 0; i < 10; i++) {
			handler.oneway().one();
		}
		assertServes(handler);
	}

	private static void assertServes(Deferred<Target> handler) throws Exception {
		Thread.interrupted();
		assertThat(handler.sync().one()).isOne();
		assertThat(handler.sync().read()).isOne();
		assertThat(handler.async(Target::one).get(20, TimeUnit.SECONDS)).isOne();
		Until.until("no call to be pending", () -> handler.calls().pending() == 0);
	}

	@Test
	@DisplayName("F02 every kind of call of the target is tried")
	void tableIsComplete() {
		assertThat(Stream.of(Deferred.class.getMethods()).map(Method::getName).distinct())
			.as("a new way to call belongs into these tests")
			.isSubsetOf(List.of("sync", "oneway", "async", "direct", "calls", "of", "close"));
	}

	@FunctionalInterface
	interface Step {

		void call(Deferred<Target> handler) throws Exception;

	}

	public static class Target {

		public int one() {
			return 1;
		}

		@ReadOnly
		public int read() {
			return 1;
		}

		@Urgent
		public int first() {
			return 1;
		}

		@Oneway
		public void await(CountDownLatch latch) throws InterruptedException {
			latch.await();
		}

		public void fail(Throwable failure) throws Throwable {
			throw failure;
		}

		@Urgent
		public void failFirst(Throwable failure) throws Throwable {
			throw failure;
		}

		@ReadOnly
		public void failReading(Throwable failure) throws Throwable {
			throw failure;
		}

		@Oneway
		public void failOneway(Throwable failure) throws Throwable {
			throw failure;
		}

		public CompletableFuture<Integer> failLater(Throwable failure) throws Throwable {
			throw failure;
		}

		Integer raise(Throwable failure) {
			throw Unusual.<RuntimeException>sneaky(failure);
		}

	}

}
