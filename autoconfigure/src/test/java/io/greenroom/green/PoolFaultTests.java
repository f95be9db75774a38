package io.greenroom.green;

import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.greenroom.observe.ContextCarrier;
import io.greenroom.observe.Observer;
import io.greenroom.observe.PoolGauges;
import io.greenroom.observe.PoolListener;
import io.greenroom.observe.ThreadGauges;
import io.greenroom.observe.ThreadListener;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.LastFrames;
import io.greenroom.testkit.Unusual;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.ThrowingSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static io.greenroom.testkit.Until.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Every entry point of pools, groups and green threads with every fault: after each of
 * them no slot, place, member or thread is lost, and the part serves on. A new public
 * method needs an entry in the table.
 */
@org.junit.jupiter.api.Timeout(300)
@CloseSchedulers
class PoolFaultTests {

	private static final List<Class<?>> TYPES = List.of(GreenPool.class, GreenGroup.class, GreenThread.class,
			Reservation.class, Slot.class, GreenResults.class);

	/** What only tells. */
	private static final Set<String> NO_ENTRY = Set.of("GreenPool.name", "GreenPool.size", "GreenPool.queueCapacity",
			"GreenPool.free", "GreenPool.active", "GreenPool.queued", "GreenGroup.size", "GreenGroup.members",
			"GreenPool.members", "GreenThread.current", "GreenThread.name", "GreenThread.parent",
			"GreenThread.spawnSite", "GreenThread.state", "GreenThread.isStarted", "GreenThread.isDone",
			"GreenThread.isSuccessful", "GreenThread.value", "GreenThread.exception", "Reservation.isReady");

	private static final Duration SHORT = Duration.ofMillis(20);

	private static final Duration LONG = Duration.ofSeconds(20);

	private final ThreadShortage shortage = new ThreadShortage();

	/** What foreign code does when it is called; {@code null} for nothing. */
	private volatile @Nullable Unusual inCapture;

	private volatile @Nullable Unusual inOpen;

	private volatile @Nullable Unusual inClose;

	private volatile @Nullable Unusual inListener;

	private final GreenScheduler scheduler = this.shortage.on(GreenScheduler.builder())
		.contextCarrier(this::capture)
		.observer(new Failing())
		.drainTimeout(Duration.ofSeconds(2))
		.build();

	private final GreenPool pool = this.scheduler.pool("faulty").size(2).queueCapacity(100_000).build();

	private final GreenGroup group = this.scheduler.group();

	private final Queue<GreenPool> built = new ConcurrentLinkedQueue<>();

	@AfterEach
	void close() {
		calm();
	}

	private void calm() {
		this.shortage.end();
		this.inCapture = null;
		this.inOpen = null;
		this.inClose = null;
		this.inListener = null;
	}

	private static void raise(@Nullable Unusual failure) {
		if (failure != null) {
			failure.raise();
		}
	}

	private ContextCarrier.Snapshot capture() {
		raise(this.inCapture);
		return (this.inOpen == null && this.inClose == null) ? ContextCarrier.Snapshot.EMPTY
				: new ContextCarrier.Snapshot() {

					@Override
					public ContextCarrier.Scope open() {
						raise(PoolFaultTests.this.inOpen);
						return () -> raise(PoolFaultTests.this.inClose);
					}

					@Override
					public boolean isEmpty() {
						return false;
					}

				};
	}

	static Set<String> names() {
		return new PoolFaultTests().table(() -> 1).keySet();
	}

	/** Each entry point by its name, called with a body so that it has work and ends. */
	private Map<String, ThrowingSupplier<?>> table(Callable<Integer> body) {
		Map<String, ThrowingSupplier<?>> table = new LinkedHashMap<>();
		GreenPool p = this.pool;
		GreenFunction<Integer, Integer> function = (_) -> body.call();
		Iterable<Integer> asked = () -> List.of(1, 2, 3).iterator();
		table.put("GreenPool.spawn", () -> p.spawn(body).get());
		table.put("GreenPool.trySpawn", () -> p.trySpawn(body, LONG).get());
		table.put("GreenPool.trySpawn at once", () -> p.trySpawn(body).get());
		table.put("GreenPool.submit", () -> p.submit(body).get());
		table.put("GreenPool.submit and forget", () -> p.submit(body));
		table.put("GreenPool.enter", () -> {
			try (Slot _ = p.enter(LONG)) {
				return body.call();
			}
		});
		for (String of : List.of("spawn", "trySpawn", "submit", "apply", "map", "imap", "imapUnordered")) {
			table.put("GreenPool." + of + " as a member", () -> {
				try (Slot _ = p.enter(LONG)) {
					return switch (of) {
						case "spawn" -> p.spawn(body).get();
						case "trySpawn" -> p.trySpawn(body, LONG).get();
						case "submit" -> p.submit(body).get();
						case "apply" -> p.apply(body);
						case "map" -> p.map(List.of(1, 2, 3), function);
						case "imap" -> first(p.imap(asked, function));
						default -> first(p.imapUnordered(asked, function));
					};
				}
			});
		}
		table.put("GreenPool.reserve", () -> done(() -> p.reserve().cancel()));
		table.put("Reservation.cancel", () -> done(() -> p.reserve().cancel()));
		table.put("Reservation.await", () -> {
			try (Slot _ = p.reserve().await(LONG)) {
				return body.call();
			}
		});
		table.put("Slot.close", () -> done(() -> p.enter(LONG).close()));
		table.put("Reservation.start", () -> {
			Reservation reservation = p.reserve();
			try {
				return reservation.start(body).get();
			}
			finally {
				reservation.cancel();
			}
		});
		table.put("GreenPool.apply", () -> p.apply(body));
		table.put("GreenPool.map", () -> p.map(List.of(1, 2, 3), function));
		table.put("GreenPool.imap", () -> first(p.imap(List.of(1, 2, 3), function)));
		table.put("GreenPool.imap beside", () -> first(p.imap(1, asked, function)));
		table.put("GreenPool.imapUnordered", () -> first(p.imapUnordered(List.of(1, 2, 3), function)));
		table.put("GreenPool.imapUnordered beside", () -> first(p.imapUnordered(1, asked, function)));
		table.put("GreenResults.close", () -> done(() -> p.imap(asked, function).close()));
		table.put("GreenPool.resize", () -> done(() -> p.resize(2)));
		table.put("GreenPool.join", () -> p.join(Join.all().within(SHORT)));
		table.put("GreenPool.kill", () -> {
			GreenPool other = other();
			other.submit(body);
			return other.kill(LONG);
		});
		table.put("GreenPool.close", () -> done(() -> {
			GreenPool other = other();
			other.submit(body);
			other.close();
		}));
		GreenGroup g = this.group;
		GreenScheduler s = this.scheduler;
		table.put("GreenGroup.spawn", () -> g.spawn(body).get());
		table.put("GreenGroup.add", () -> done(() -> g.add(s.spawn(body))));
		table.put("GreenGroup.discard", () -> done(() -> g.discard(g.spawn(body))));
		table.put("GreenGroup.join", () -> g.spawn(body).isDone() | g.join(Join.all().within(SHORT).raising()));
		table.put("GreenGroup.kill", () -> g.kill(SHORT));
		table.put("GreenGroup.kill at once", () -> done(g::kill));
		table.put("GreenGroup.map", () -> g.map(List.of(1, 2, 3), function));
		table.put("GreenGroup.imap", () -> first(g.imap(List.of(1, 2, 3), function)));
		table.put("GreenGroup.imap beside", () -> first(g.imap(asked, function)));
		table.put("GreenGroup.imapUnordered", () -> first(g.imapUnordered(List.of(1, 2, 3), function)));
		table.put("GreenGroup.imapUnordered beside", () -> first(g.imapUnordered(asked, function)));
		table.put("GreenThread.start", () -> done(() -> s.unstarted(body).start()));
		table.put("GreenThread.get", () -> s.spawn(body).get());
		table.put("GreenThread.join", () -> s.spawn(body).join(SHORT));
		table.put("GreenThread.kill", () -> s.spawn(body).kill(SHORT));
		table.put("GreenThread.kill before the start", () -> done(() -> s.unstarted(body).kill()));
		table.put("GreenThread.link", () -> done(() -> s.spawn(body).link((_) -> {
		}).remove()));
		table.put("GreenThread.onReady", () -> done(() -> s.spawn(body).onReady(() -> {
		}).remove()));
		table.put("GreenThread.toFuture", () -> s.spawn(body).toFuture().get(20, TimeUnit.SECONDS));
		table.put("GreenThread.treeLocals", () -> s.unstarted(body).treeLocals());
		table.put("GreenScope.close", () -> done(() -> {
			try (GreenScope scope = s.scope()) {
				scope.spawn(body);
				scope.join();
			}
		}));
		table.put("GreenScope.close early", () -> done(() -> {
			try (GreenScope scope = s.scope()) {
				scope.spawn(body);
			}
			catch (IllegalStateException leftEarly) {
				// Of a child that was killed; else the child's own failure comes out.
				if (!leftEarly.getMessage().contains("call join()")) {
					throw leftEarly;
				}
			}
		}));
		return table;
	}

	private GreenPool other() {
		GreenPool other = this.scheduler.pool("other").size(2).build();
		this.built.add(other);
		return other;
	}

	private static @Nullable Object done(GreenTask task) throws Exception {
		task.run();
		return null;
	}

	private static <T> T first(GreenResults<T> results) {
		try (results) {
			return results.next();
		}
	}

	@Test
	@DisplayName("F01 F02 F03 every entry point of pools, groups and threads has its line in the table of faults")
	void everyEntryPoint() {
		Set<String> missing = new TreeSet<>();
		for (Class<?> type : TYPES) {
			Arrays.stream(type.getDeclaredMethods())
				.filter((method) -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
				.filter((method) -> !method.getName().equals("toString"))
				.forEach((method) -> missing.add(type.getSimpleName() + "." + method.getName()));
		}
		missing.removeAll(names());
		missing.removeAll(NO_ENTRY);
		assertThat(missing).as("give these an entry in table(), or say in NO_ENTRY that they need none").isEmpty();
	}

	@ParameterizedTest
	@MethodSource("names")
	@DisplayName("F03 P03 a stack that overflows in any of 1 200 frames: no slot, place, member or thread is lost")
	void overflow(String name) throws Exception {
		LastFrames.Outcome outcome = LastFrames.of(1_200)
			.untilReturned()
			.rounds(3)
			.afterwards(() -> done(() -> assertThat(Thread.interrupted()).as("an interrupt afterwards").isFalse()))
			.call(table(() -> 1).get(name))
			.assertBoth();
		assertThat(outcome.others()).noneMatch(AssertionError.class::isInstance);
		assertServes();
	}

	@ParameterizedTest
	@MethodSource("names")
	@DisplayName("F03 P01 no thread can be had in the call: no slot, place or member is lost")
	void noThread(String name) throws Exception {
		for (int starts = 1; starts <= 4; starts++) {
			this.shortage.next(starts);
			attempt(name, table(() -> 1).get(name));
			this.shortage.end();
			assertServes();
		}
		this.shortage.begin();
		attempt(name, table(() -> 1).get(name));
		this.shortage.end();
		assertServes();
	}

	@ParameterizedTest
	@MethodSource("names")
	@DisplayName("F02 P07 a body that throws anything: who is told gets that very object, and the slot comes back")
	void bodyThrows(String name) throws Exception {
		for (Unusual unusual : Unusual.values()) {
			Throwable failure = unusual.make();
			Throwable told = attempt(name, table(() -> {
				throw Unusual.<RuntimeException>sneaky(failure);
			}).get(name));
			if (told != null && !(told instanceof ExecutionException) && unusual != Unusual.INTERRUPTED) {
				assertThat(told).as(name).isSameAs(failure);
			}
			catchThrowable(() -> this.group.join(Join.all().within(SHORT).raising()));
			catchThrowable(() -> this.pool.join(Join.all().within(SHORT).raising()));
		}
		assertServes();
	}

	static List<Unusual> foreign() {
		return Unusual.fromForeignCode();
	}

	@ParameterizedTest
	@MethodSource("foreign")
	@DisplayName("F01 a context that can't be captured, opened or closed: nothing is lost; what closing throws changes nothing")
	void contextFails(Unusual failure) throws Exception {
		for (String name : names()) {
			this.inCapture = failure;
			attempt(name, table(() -> 1).get(name));
			calm();
			assertServes();
			this.inOpen = failure;
			attempt(name, table(() -> 1).get(name));
			calm();
			assertServes();
			forgetFailures();
			this.inClose = failure;
			Throwable told = attempt(name, table(() -> 1).get(name));
			calm();
			assertThat(told).as(name).isNull();
			assertServes();
		}
	}

	@ParameterizedTest
	@MethodSource("foreign")
	@DisplayName("F01 P07 listeners of pool and threads that fail at every step: the call is as without them")
	void listenersFail(Unusual failure) throws Exception {
		for (String name : names()) {
			this.inListener = failure;
			Throwable told = attempt(name, table(() -> 1).get(name));
			catchThrowable(() -> table(() -> {
				throw new IllegalStateException("told");
			}).get(name).get());
			calm();
			Thread.interrupted();
			assertThat(told).as(name).isNull();
			forgetFailures();
			assertServes();
		}
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F01 G14 links and callbacks of tasks and members that fail in any way: the others run, the slot comes back")
	void linksFail(Unusual failure) throws Exception {
		CountDownLatch told = new CountDownLatch(6);
		for (int i = 0; i < 2; i++) {
			CountDownLatch go = new CountDownLatch(1);
			for (GreenThread<Void> thread : List.of(this.pool.submit(() -> go.await()),
					this.group.spawn(() -> go.await()), this.scheduler.spawn(() -> go.await()))) {
				thread.link((_) -> failure.raise());
				thread.onReady(() -> failure.raise());
				thread.toFuture().whenComplete((_, _) -> failure.raise());
				thread.link((_) -> told.countDown());
			}
			go.countDown();
		}
		assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
		assertServes();
	}

	@Test
	@DisplayName("F09 links, listeners and bodies that spawn, kill, join and close come to an end, or are rejected with the reason")
	void callsBack() throws Exception {
		List<GreenTask> calls = List.of(() -> this.pool.spawn(() -> 1), () -> this.pool.submit(() -> 1).get(),
				() -> this.pool.apply(() -> 1), () -> this.pool.trySpawn(() -> 1), () -> this.pool.enter(LONG).close(),
				() -> this.pool.map(List.of(1, 2), (item) -> item),
				() -> first(this.pool.imap(() -> List.of(1).iterator(), (item) -> item)), () -> this.pool.resize(2),
				() -> this.group.spawn(() -> 1), () -> this.group.kill(), () -> this.group.kill(LONG),
				() -> this.pool.join(Join.all().within(SHORT)), () -> this.group.join(Join.all().within(SHORT)),
				() -> other().close(), () -> other().kill(LONG));
		for (int i = 0; i < calls.size(); i++) {
			GreenTask call = calls.get(i);
			for (int where = 0; where < 3; where++) {
				for (boolean fails : new boolean[] { false, true }) {
					Queue<Throwable> problems = new ConcurrentLinkedQueue<>();
					CountDownLatch called = new CountDownLatch(1);
					GreenTask noted = () -> {
						try {
							call.run();
						}
						catch (IllegalStateException | PoolFullException rejected) {
							assertThat(rejected.getMessage()).isNotEmpty();
						}
						catch (Throwable other) {
							problems.add(other);
						}
						finally {
							called.countDown();
						}
					};
					CountDownLatch go = new CountDownLatch(1);
					Callable<Integer> body = () -> {
						go.await();
						if (fails) {
							throw new IllegalStateException("told");
						}
						return 1;
					};
					GreenThread<Integer> thread = (where == 0) ? this.pool.submit(body)
							: (where == 1) ? this.group.spawn(body) : this.scheduler.spawn(body);
					thread.link((_) -> {
						try {
							noted.run();
						}
						catch (Exception ex) {
							problems.add(ex);
						}
					});
					go.countDown();
					assertThat(called.await(20, TimeUnit.SECONDS)).as("call %s in place %s", i, where).isTrue();
					assertThat(problems).as("call %s in place %s", i, where).isEmpty();
					catchThrowable(() -> this.group.join(Join.all().within(SHORT).raising()));
					assertServes();
				}
			}
		}
	}

	private @Nullable Throwable attempt(String name, ThrowingSupplier<?> call) {
		Throwable told = null;
		try {
			call.get();
		}
		catch (Throwable thrown) {
			assertThat(thrown).as(name).isNotInstanceOf(NullPointerException.class);
			told = thrown;
		}
		// Thrown past the compiler, it may have left its mark.
		Thread.interrupted();
		return told;
	}

	/** What members have failed with is kept for the next join that raises. */
	private void forgetFailures() {
		catchThrowable(() -> this.group.join(Join.all().within(SHORT).raising()));
		catchThrowable(() -> this.pool.join(Join.all().within(SHORT).raising()));
	}

	/** Nothing is taken, nobody is left, and all slots can be had from elsewhere. */
	private void assertServes() throws Exception {
		for (GreenPool other = this.built.poll(); other != null; other = this.built.poll()) {
			other.close();
			assertThat(other.active() + other.queued()).as("in %s", other).isZero();
		}
		until("the pool to be at rest", () -> this.pool.active() == 0 && this.pool.queued() == 0);
		until("the group to be empty", () -> this.group.size() == 0);
		until("nobody to be left", () -> this.scheduler.dump(0).threads().isEmpty());
		assertThat(this.pool.size()).isEqualTo(2);
		CountDownLatch both = new CountDownLatch(2);
		GreenTask meet = () -> {
			both.countDown();
			assertThat(both.await(20, TimeUnit.SECONDS)).isTrue();
		};
		List<GreenThread<Void>> meeting = List.of(this.pool.submit(meet), this.pool.submit(meet));
		for (GreenThread<Void> one : meeting) {
			one.get(LONG);
		}
		assertThat(this.group.spawn(() -> this.pool.apply(() -> 4)).get(LONG)).isEqualTo(4);
		assertThat(this.pool.join(Join.all().within(LONG))).isTrue();
		assertThat(Thread.interrupted()).as("an interrupt after all").isFalse();
	}

	private final class Failing implements Observer {

		@Override
		public PoolListener pool(String name, PoolGauges gauges) {
			return new PoolListener() {

				@Override
				public void started(Duration waited) {
					raise(PoolFaultTests.this.inListener);
				}

				@Override
				public void ended(Duration used) {
					raise(PoolFaultTests.this.inListener);
				}

				@Override
				public void rejected(String reason) {
					raise(PoolFaultTests.this.inListener);
				}

			};
		}

		@Override
		public ThreadListener threads(String name, ThreadGauges gauges) {
			return new ThreadListener() {

				@Override
				public void spawned() {
					raise(PoolFaultTests.this.inListener);
				}

				@Override
				public void failed(String thread, Throwable failure) {
					raise(PoolFaultTests.this.inListener);
				}

			};
		}

	}

}
