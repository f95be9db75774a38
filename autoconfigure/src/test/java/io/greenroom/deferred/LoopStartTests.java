package io.greenroom.deferred;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.HandlerGauges;
import io.greenroom.observe.HandlerListener;
import io.greenroom.observe.Observer;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import io.greenroom.testkit.Unusual;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Calls before a loop starts, and loops that do not come to their end. */
@Timeout(120)
@CloseSchedulers
class LoopStartTests {

	private static final String REMEDY = "call it later";

	/** Far more than a call takes that does not wait, even on a slow machine. */
	private static final Duration AT_ONCE = Duration.ofSeconds(15);

	private final AtomicInteger told = new AtomicInteger();

	private volatile @Nullable Unusual inListener;

	private final GreenScheduler scheduler = GreenScheduler.builder()
		.observer(new Failing())
		.drainTimeout(Duration.ofSeconds(10))
		.build();

	@AfterEach
	void close() {
		this.inListener = null;
	}

	private Handler looped(Looped target, HandlerOptions options) {
		Handler handler = new Handler(this.scheduler, HandlerType.of(Looped.class), target, options);
		Thread starter = Thread.currentThread();
		handler.startedBy((thread) -> thread == starter, REMEDY);
		return handler;
	}

	@Test
	@DisplayName("F14 a call that would wait for a loop its own thread starts fails at once, and says where it belongs")
	void fromTheStarter() throws Exception {
		Looped target = new Looped();
		Handler handler = looped(target, HandlerOptions.builder().timeout(Duration.ofMinutes(10)).build());
		Deferred<Looped> desk = handler.deferred(Looped.class, target);
		long start = System.nanoTime();
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(DeferredDeadlockException.class).isThrownBy(desk.sync()::work)
				.withMessageContaining("Looped.work")
				.withMessageContaining("'loop'")
				.withMessageContaining(REMEDY);
			assertThatExceptionOfType(DeferredDeadlockException.class)
				.isThrownBy(desk.sync(Duration.ofMinutes(5))::work);
		}
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
		desk.oneway().work();
		CompletableFuture<Integer> later = desk.async(Looped::work);
		CompletableFuture<Integer> other = new CompletableFuture<>();
		Thread elsewhere = Thread.startVirtualThread(() -> other.complete(desk.sync().work()));
		Until.until("three calls to wait for the start", () -> desk.calls().pending() == 3);
		assertThat(elsewhere.isAlive()).as("waits for the start").isTrue();
		assertThat(later).isNotDone();
		handler.start();
		assertThat(later.get(20, TimeUnit.SECONDS)).isEqualTo(2);
		assertThat(other.get(20, TimeUnit.SECONDS)).isEqualTo(3);
		assertThat(desk.sync().work()).isEqualTo(4);
	}

	@Test
	@DisplayName("F14 so does one in a body that the starting thread waits for")
	void fromABody() {
		Looped target = new Looped();
		Handler handler = looped(target, HandlerOptions.builder().timeout(Duration.ofMinutes(10)).build());
		Deferred<Looped> desk = handler.deferred(Looped.class, target);
		Deferred<Relay> relay = Deferred.of(this.scheduler, new Relay(),
				HandlerOptions.builder().timeout(Duration.ofMinutes(10)).build());
		long start = System.nanoTime();
		assertThatExceptionOfType(DeferredDeadlockException.class).isThrownBy(() -> relay.sync().relay(desk))
			.withMessageContaining(REMEDY);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
		handler.start();
		assertThat(relay.sync().relay(desk)).isOne();
	}

	@Test
	@DisplayName("F14 nor does a oneway call wait there for room that only the loop makes")
	void roomFromTheStarter() {
		Looped target = new Looped();
		Handler handler = looped(target, HandlerOptions.builder().capacity(2).timeout(Duration.ofMinutes(10)).build());
		Deferred<Looped> desk = handler.deferred(Looped.class, target);
		desk.oneway().work();
		desk.oneway().work();
		long start = System.nanoTime();
		assertThatExceptionOfType(MailboxFullException.class).isThrownBy(desk.oneway()::work);
		assertThatExceptionOfType(MailboxFullException.class).isThrownBy(() -> desk.async(Looped::work));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
		handler.start();
		assertThat(desk.sync().work()).isEqualTo(3);
	}

	@Test
	@DisplayName("F14 a shutdown keeps a loop from starting: calls fail at once, and those who wait for it are told")
	void shutdownBeforeTheStart() throws Exception {
		Looped target = new Looped();
		Handler handler = new Handler(this.scheduler, HandlerType.of(Looped.class), target,
				HandlerOptions.builder().timeout(Duration.ofMinutes(10)).build());
		Deferred<Looped> desk = handler.deferred(Looped.class, target);
		CompletableFuture<Integer> waiting = desk.async(Looped::work);
		CompletableFuture<@Nullable Throwable> inside = new CompletableFuture<>();
		this.scheduler.spawn("accepted", () -> {
			Until.until("the shutdown to begin", () -> desk.calls().isClosing());
			inside.complete(catchThrowable(() -> desk.sync().work()));
			return 1;
		});
		long start = System.nanoTime();
		this.scheduler.drain(Duration.ofMinutes(5));
		assertThat(inside.get(20, TimeUnit.SECONDS)).isInstanceOf(HandlerStoppedException.class);
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(desk.sync()::work);
		assertThat(waiting).isCompletedExceptionally();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F01 F02 D33 whatever a loop dies of and its listeners throw: it is restarted, or its callers are told")
	void loopsThatFail(Unusual unusual) {
		for (Unusual listener : Unusual.values()) {
			this.inListener = listener;
			this.told.set(0);
			Looped restarted = new Looped();
			restarted.failures = 1;
			restarted.failure = unusual;
			try (Deferred<Looped> desk = Deferred.of(this.scheduler, restarted,
					HandlerOptions.builder()
						.restart(new RestartPolicy(1, Duration.ofMinutes(1), Duration.ofMillis(1)))
						.build())) {
				assertThat(desk.sync().work()).as("%s, %s", unusual, listener).isOne();
			}
			Looped dead = new Looped();
			dead.failures = 1;
			dead.failure = unusual;
			try (Deferred<Looped> desk = Deferred.of(this.scheduler, dead)) {
				assertThat(catchThrowable(desk.sync()::work)).as("%s, %s", unusual, listener)
					.isInstanceOf(HandlerStoppedException.class);
				assertThat(catchThrowable(desk.oneway()::work)).isInstanceOf(HandlerStoppedException.class);
			}
			assertThat(this.told).hasValue(2);
			assertThat(this.scheduler.services()).isEmpty();
		}
	}

	@Test
	@DisplayName("F05 a handler of an anonymous class has a name, and a lambda is rejected for what it is")
	void names() {
		Relay anonymous = new Relay() {
		};
		Handler handler = new Handler(this.scheduler, HandlerType.of(anonymous.getClass()), anonymous,
				HandlerOptions.defaults());
		assertThat(handler.name()).isEqualTo("LoopStartTests$1");
		Runnable lambda = () -> this.told.incrementAndGet();
		assertThatExceptionOfType(InvalidHandlerException.class).isThrownBy(() -> Deferred.of(this.scheduler, lambda))
			.withMessageContaining("lambda");
		assertThat(catchThrowable(() -> Deferred.of(this.scheduler, (Runnable) this::close)))
			.hasMessageContaining("lambda");
	}

	/** Fails in each of its listeners as often as a test wants. */
	private final class Failing implements Observer {

		@Override
		public HandlerListener handler(String handler, HandlerGauges gauges) {
			return new HandlerListener() {
				@Override
				public void loopFailed(Throwable failure, boolean restarting) {
					LoopStartTests.this.told.incrementAndGet();
					Unusual wanted = LoopStartTests.this.inListener;
					if (wanted != null) {
						throw Unusual.<RuntimeException>sneaky(wanted.make());
					}
				}
			};
		}

	}

	static class Relay {

		int relay(Deferred<Looped> to) {
			return to.sync().work();
		}

	}

	static class Looped {

		int failures;

		@Nullable Unusual failure;

		private int worked;

		int work() {
			return ++this.worked;
		}

		@ProcessingLoop
		void loop(DeferredCalls calls) {
			if (this.failures-- > 0 && this.failure != null) {
				throw Unusual.<RuntimeException>sneaky(this.failure.make());
			}
			while (!calls.isClosing()) {
				calls.process(Duration.ofMillis(50));
			}
		}

	}

}
