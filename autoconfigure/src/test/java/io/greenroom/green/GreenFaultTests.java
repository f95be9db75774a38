package io.greenroom.green;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.observe.ContextCarrier;
import io.greenroom.observe.Observer;
import io.greenroom.observe.ThreadGauges;
import io.greenroom.observe.ThreadListener;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.LastFrames;
import io.greenroom.testkit.Until;
import io.greenroom.testkit.Unusual;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.ThrowingSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every entry point of this package's parts with every fault: after each of them the part
 * serves on, and nothing is left. A new public method needs an entry in the table.
 */
@org.junit.jupiter.api.Timeout(300)
@CloseSchedulers
class GreenFaultTests {

	/**
	 * What the table is held against; pools, groups and threads have one of their own.
	 */
	private static final List<Class<?>> TYPES = List.of(GreenScheduler.class, GreenScope.class, GreenEvent.class,
			GreenQueue.class, GreenWait.class, Timeout.class, Deadline.class, Parking.class);

	/** What only tells, is told elsewhere, or ends the part. */
	private static final Set<String> NO_ENTRY = Set.of("GreenScheduler.builder", "GreenScheduler.name",
			"GreenScheduler.observer", "GreenScheduler.contextCarrier", "GreenScheduler.drainTimeout",
			"GreenScheduler.services", "GreenScheduler.close", "GreenScheduler.drain", "GreenScheduler.attach",
			"GreenScheduler.detach", "GreenScheduler.isInside", "GreenScheduler.release", "GreenScheduler.retain",
			"GreenScheduler.pool", "GreenScheduler.group", "GreenQueue.close", "GreenQueue.closeNow",
			"GreenQueue.isClosed", "GreenQueue.capacity", "GreenQueue.remaining", "GreenQueue.size",
			"GreenWait.remaining", "Timeout.isExpired", "Deadline.remaining", "Deadline.isExpired", "Parking.unpark",
			"Parking.interrupt", "Parking.park");

	private static final Duration SHORT = Duration.ofMillis(20);

	private final ThreadShortage shortage = new ThreadShortage();

	private final AtomicReference<@Nullable Unusual> inCapture = new AtomicReference<>();

	private final AtomicReference<@Nullable Unusual> inListener = new AtomicReference<>();

	private final GreenScheduler scheduler = this.shortage.on(GreenScheduler.builder())
		.contextCarrier(this::capture)
		.observer(new Failing())
		.drainTimeout(Duration.ofSeconds(2))
		.build();

	private final GreenQueue<Integer> queue = new GreenQueue<>(10_000);

	private final GreenEvent event = new GreenEvent();

	@AfterEach
	void close() {
		this.shortage.end();
		this.inCapture.set(null);
		this.inListener.set(null);
	}

	private ContextCarrier.Snapshot capture() {
		Unusual failure = this.inCapture.get();
		return (failure != null) ? failure.raise() : ContextCarrier.Snapshot.EMPTY;
	}

	static Set<String> names() {
		return new GreenFaultTests().table().keySet();
	}

	/** Each entry point by its name, called so that it has work and ends. */
	private Map<String, ThrowingSupplier<?>> table() {
		Map<String, ThrowingSupplier<?>> table = new LinkedHashMap<>();
		GreenScheduler s = this.scheduler;
		table.put("GreenScheduler.spawn", () -> s.spawn(() -> 1));
		table.put("GreenScheduler.spawnDetached", () -> s.spawnDetached("detached", () -> {
		}));
		table.put("GreenScheduler.unstarted", () -> s.unstarted(() -> 1));
		table.put("GreenScheduler.spawnLater", () -> s.spawnLater(Duration.ofMillis(1), () -> 1));
		table.put("GreenScheduler.spawnLaterDetached", () -> s.spawnLaterDetached("later", Duration.ofMillis(1), () -> {
		}));
		table.put("GreenScheduler.nanoTime", s::nanoTime);
		table.put("GreenScheduler.sleep", () -> done(() -> s.sleep(Duration.ZERO)));
		table.put("GreenScheduler.await", () -> s.await(CompletableFuture.completedFuture(1)));
		table.put("GreenScheduler.timeout", () -> s.timeout(SHORT).call(() -> 1));
		table.put("GreenScheduler.repeat", () -> done(() -> s.repeat(Duration.ofHours(1), () -> {
		}).kill()));
		table.put("GreenScheduler.scope", s::scope);
		table.put("GreenScheduler.asExecutor", () -> done(() -> s.asExecutor().execute(() -> {
		})));
		table.put("GreenScheduler.dump", () -> s.dump(0));
		table.put("GreenScheduler.joinAll", () -> s.joinAll(List.of(s.spawn(() -> 1)), Join.all().within(SHORT)));
		table.put("GreenScheduler.killAll", () -> s.killAll(List.of(s.spawn(() -> 1)), SHORT));
		table.put("GreenScope.spawn", () -> done(() -> {
			try (GreenScope scope = s.scope()) {
				scope.spawn(() -> 1);
				scope.join();
			}
		}));
		table.put("GreenScope.join", () -> done(() -> s.scope().join(SHORT)));
		table.put("GreenScope.kill", () -> done(() -> {
			GreenScope scope = s.scope();
			scope.kill();
			scope.kill(SHORT);
		}));
		table.put("GreenScope.close", () -> done(() -> s.scope().close()));
		table.put("GreenEvent.set", () -> done(this.event::set));
		table.put("GreenEvent.clear", () -> done(this.event::clear));
		table.put("GreenEvent.isSet", this.event::isSet);
		table.put("GreenEvent.await", () -> this.event.await(Duration.ofNanos(1000)));
		table.put("GreenEvent.onReady", () -> done(() -> this.event.onReady(() -> {
		}).remove()));
		GreenQueue<Integer> q = this.queue;
		table.put("GreenQueue.offer", () -> q.offer(1) ? q.poll() : null);
		table.put("GreenQueue.put", () -> done(() -> q.put(1)));
		table.put("GreenQueue.tryPut", () -> q.tryPut(1, SHORT));
		table.put("GreenQueue.poll", q::poll);
		table.put("GreenQueue.take", () -> q.offer(1) ? q.take() : null);
		table.put("GreenQueue.tryTake", () -> q.tryTake(Duration.ofNanos(1000)));
		table.put("GreenQueue.taskDone", () -> done(() -> {
			q.put(1);
			q.taskDone();
		}));
		table.put("GreenQueue.join", () -> q.join(Duration.ofNanos(1000)));
		table.put("GreenQueue.iterator", () -> q.offer(1) ? q.iterator().next() : null);
		table.put("GreenWait.on", () -> done(() -> GreenWait.on(List.of(this.event)).close()));
		table.put("GreenWait.any", () -> GreenWait.any(List.of(this.event), 1, Duration.ofNanos(1000)));
		table.put("GreenWait.take", () -> GreenWait.on(List.of(s.spawn(() -> 1))).take());
		table.put("GreenWait.tryTake", () -> GreenWait.on(List.of(s.spawn(() -> 1))).tryTake(SHORT));
		table.put("GreenWait.tryTake of several", () -> GreenWait.on(List.of(s.spawn(() -> 1))).tryTake(1, SHORT));
		table.put("GreenWait.close", () -> done(() -> GreenWait.on(List.of(this.event)).close()));
		table.put("Timeout.after", () -> Timeout.after(SHORT));
		table.put("Timeout.none", () -> Timeout.none().call(() -> 1));
		table.put("Timeout.orThrow", () -> Timeout.after(SHORT).orThrow((expired) -> expired).call(() -> 1));
		table.put("Timeout.call", () -> Timeout.after(SHORT).call(() -> Timeout.after(SHORT).call(() -> 1)));
		table.put("Timeout.run", () -> done(() -> Timeout.after(SHORT).run(() -> {
		})));
		table.put("Timeout.callOr", () -> Timeout.after(SHORT).callOr(2, () -> 1));
		table.put("Timeout.tryRun", () -> Timeout.after(SHORT).tryRun(() -> {
		}));
		table.put("Timeout.cancel", () -> done(() -> Timeout.after(SHORT).cancel()));
		table.put("Deadline.after", () -> Deadline.after(SHORT));
		table.put("Deadline.none", Deadline::none);
		table.put("Deadline.within", () -> Deadline.none().within(SHORT));
		table.put("Deadline.check", () -> Deadline.after(Duration.ofHours(1)).check());
		table.put("Deadline.checkMillis", () -> Deadline.after(Duration.ofHours(1)).checkMillis());
		table.put("Parking.nanoTime", Parking::nanoTime);
		table.put("Parking.parkNanos", () -> done(() -> Parking.parkNanos(this, 1000)));
		table.put("Parking.pause", () -> done(Parking::pause));
		table.put("Parking.sleep", () -> done(() -> Parking.sleep(Duration.ZERO)));
		return table;
	}

	private static @Nullable Object done(GreenTask task) throws Exception {
		task.run();
		return null;
	}

	@Test
	@DisplayName("F01 F03 every entry point has its line in the table of faults")
	void everyEntryPoint() {
		Set<String> missing = new TreeSet<>();
		for (Class<?> type : TYPES) {
			Arrays.stream(type.getDeclaredMethods())
				.filter((method) -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
				.map(Method::getName)
				.filter((name) -> !name.equals("toString"))
				.forEach((name) -> missing.add(type.getSimpleName() + "." + name));
		}
		missing.removeAll(names());
		missing.removeAll(NO_ENTRY);
		assertThat(missing).as("give these an entry in table(), or say in NO_ENTRY that they need none").isEmpty();
	}

	@ParameterizedTest
	@MethodSource("names")
	@DisplayName("F03 a stack that overflows in any of 1 200 frames and on until the call returns: the part serves on, nothing is left")
	void overflow(String name) throws Exception {
		long before = Blocking.alarms();
		LastFrames.Outcome outcome = LastFrames.of(1_200).untilReturned().rounds(3).afterwards(() -> {
			// Schedulers that other tests have left open set a few.
			Until.until("all alarms to be over", () -> Blocking.alarms() <= before + 3);
			return done(() -> assertThat(Thread.interrupted()).as("an alarm after its block").isFalse());
		}).call(table().get(name)).assertBoth();
		assertThat(outcome.others()).noneMatch(AssertionError.class::isInstance);
		assertServes();
	}

	@ParameterizedTest
	@MethodSource("names")
	@DisplayName("F03 no thread can be had in the call: the part serves on, nothing is left")
	void noThread(String name) throws Exception {
		for (int starts = 1; starts <= 3; starts++) {
			this.shortage.next(starts);
			attempt(name);
			this.shortage.end();
			assertServes();
		}
		this.shortage.begin();
		attempt(name);
		this.shortage.end();
		assertServes();
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F01 a context that can't be captured, with any failure: the part serves on, nothing is left")
	void captureFails(Unusual failure) throws Exception {
		for (String name : names()) {
			this.inCapture.set(failure);
			attempt(name);
			this.inCapture.set(null);
		}
		assertServes();
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F01 a listener that fails at every step, in any way: the part serves on, nothing is left")
	void listenerFails(Unusual failure) throws Exception {
		for (String name : names()) {
			this.inListener.set(failure);
			attempt(name);
			this.inListener.set(null);
		}
		assertServes();
	}

	private void attempt(String name) {
		try {
			table().get(name).get();
		}
		catch (Throwable expected) {
			assertThat(expected).as(name).isNotInstanceOf(NullPointerException.class);
		}
		// Thrown past the compiler, it may have left its mark.
		Thread.interrupted();
	}

	/** The part is whole: all of it serves, on another thread, and nobody is left. */
	private void assertServes() throws Exception {
		assertThat(Thread.interrupted()).as("an interrupt after all").isFalse();
		this.event.clear();
		GreenThread<Integer> other = this.scheduler.spawn(() -> {
			this.queue.offer(1);
			this.event.set();
			return this.queue.take() + Timeout.after(Duration.ofHours(1)).callOr(5, () -> 1);
		});
		assertThat(this.event.await(Duration.ofSeconds(20))).isTrue();
		assertThat(other.get(Duration.ofSeconds(20))).isEqualTo(2);
		assertThat(this.scheduler.spawnLater(Duration.ofMillis(1), () -> 3).get(Duration.ofSeconds(20))).isEqualTo(3);
		Until.until("nobody to be left", () -> this.scheduler.dump(0).threads().isEmpty());
		assertThat(this.queue.waiting()).isZero();
		assertThat(this.scheduler.services()).isEmpty();
	}

	private final class Failing implements Observer {

		@Override
		public ThreadListener threads(String name, ThreadGauges gauges) {
			return new ThreadListener() {

				@Override
				public void spawned() {
					fail();
				}

				@Override
				public void failed(String thread, Throwable failure) {
					fail();
				}

				private void fail() {
					Unusual failure = GreenFaultTests.this.inListener.get();
					if (failure != null) {
						failure.raise();
					}
				}
			};
		}

	}

}
