package io.greenroom.state;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.worker.Worker;
import io.greenroom.observe.MachineListener;
import io.greenroom.observe.Observer;
import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Timeouts of states: what holds one up, what it holds, and by what time it goes. */
@Timeout(90)
class StateTimeoutTests {

	@RegisterExtension
	final Machines machines = new Machines();

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	@BeforeEach
	void listen() {
		this.log.list = new CopyOnWriteArrayList<>();
		this.log.start();
		logger().addAppender(this.log);
	}

	@AfterEach
	void listenNoMore() {
		logger().detachAppender(this.log);
	}

	private static Logger logger() {
		return (Logger) LoggerFactory.getLogger(StateMachine.class);
	}

	private List<String> vainAttempts() {
		return this.log.list.stream()
			.map(ILoggingEvent::getFormattedMessage)
			.filter((line) -> line.contains("trie") || line.contains("trying again"))
			.toList();
	}

	@FunctionalInterface
	interface Action {

		void run() throws Exception;

	}

	static class Order {

		final CountDownLatch inside = new CountDownLatch(1);

		final AtomicInteger asked = new AtomicInteger();

		volatile Action body = () -> {
		};

		volatile Action paying = () -> {
		};

		volatile Action expiring = () -> {
		};

		@State(initial = true, transitionsTo = { "paid", "expired", "open" }, timeout = "200ms", onTimeout = "expired")
		void open() throws Exception {
			this.inside.countDown();
			this.body.run();
		}

		@State(onStart = "pay")
		void paid() {
		}

		@State(onStart = "expire")
		void expired() {
		}

		void pay(StateHandle next) throws Exception {
			this.paying.run();
		}

		void expire(StateHandle next) throws Exception {
			this.asked.incrementAndGet();
			this.expiring.run();
		}

	}

	private static void expires(StateMachine machine) throws Exception {
		assertThat(machine.awaitState("expired", Machines.LONG)).isTrue();
		assertThat(machine.join(Machines.LONG)).isTrue();
		assertThat(machine.status()).isEqualTo(StateMachine.Status.DONE);
	}

	@Test
	@DisplayName("S34 a timeout that meets an onStart which works and then throws fires when that is over")
	void moveUnderWay() throws Exception {
		StateMachines states = this.machines.with().stopTimeout(Duration.ofMillis(100)).build();
		Order order = states.create(Order.class);
		CountDownLatch over = new CountDownLatch(1);
		order.paying = () -> {
			over.await();
			throw new IllegalStateException("no money");
		};
		order.open();
		CompletableFuture<Throwable> paid = CompletableFuture.supplyAsync(() -> catchThrowable(order::paid));
		while (vainAttempts().isEmpty()) {
			assertThat(states.of(order).awaitState("expired", Duration.ofMillis(10))).isFalse();
		}
		over.countDown();
		assertThat(paid.get(20, TimeUnit.SECONDS)).hasMessage("no money");
		expires(states.of(order));
		assertThat(vainAttempts()).isNotEmpty().allMatch((line) -> line.contains("stays in 'open'"));
	}

	@Test
	@DisplayName("S34 the very example: paid works a second in its onStart and then throws, and the order expires")
	void theExample() throws Exception {
		Order order = this.machines.create(Order.class);
		order.paying = () -> {
			this.machines.scheduler.sleep(Duration.ofSeconds(1));
			throw new IllegalStateException("no money");
		};
		order.open();
		assertThat(catchThrowable(order::paid)).hasMessage("no money");
		expires(this.machines.of(order));
	}

	@Test
	@DisplayName("S34 a timeout that a body deaf to interrupts holds up fires when the body has ended, and each attempt is logged")
	void deafBody() throws Exception {
		StateMachines states = this.machines.with().stopTimeout(Duration.ofMillis(50)).build();
		Order order = states.create(Order.class);
		CountDownLatch end = new CountDownLatch(1);
		order.body = () -> {
			while (end.getCount() > 0) {
				try {
					end.await();
				}
				catch (InterruptedException deaf) {
					// Goes on.
				}
			}
		};
		order.open();
		while (vainAttempts().size() < 3) {
			assertThat(states.of(order).awaitState("expired", Duration.ofMillis(10))).isFalse();
		}
		end.countDown();
		expires(states.of(order));
		assertThat(vainAttempts()).hasSizeGreaterThanOrEqualTo(3)
			.allMatch((line) -> line.contains("has not ended") || line.contains("its timeout"));
	}

	@Test
	@DisplayName("S34 a veto or failure of the target's onStart is logged, and the timeout tries again until it has moved")
	void vetoes() throws Exception {
		Order order = this.machines.create(Order.class);
		order.expiring = () -> {
			if (order.asked.get() == 2) {
				throw new AssertionError("veto");
			}
			if (order.asked.get() <= 3) {
				throw new IllegalStateException("veto");
			}
		};
		order.open();
		expires(this.machines.of(order));
		assertThat(order.asked).hasValue(4);
		assertThat(vainAttempts()).hasSize(3).allMatch((line) -> line.contains("could not move it to 'expired'"));
		assertThat(vainAttempts().get(0)).contains("100ms");
		assertThat(vainAttempts().get(1)).contains("200ms");
		assertThat(vainAttempts().get(2)).contains("400ms");
	}

	@Test
	@DisplayName("S34 the timeout of a stay that was left while it was tried again is over: the next stay has its own")
	void leftMeanwhile() throws Exception {
		Order order = this.machines.create(Order.class);
		CountDownLatch vetoed = new CountDownLatch(1);
		AtomicReference<@Nullable Instant> since = new AtomicReference<>();
		order.expiring = () -> {
			if (since.get() == null) {
				vetoed.countDown();
				throw new IllegalStateException("veto");
			}
		};
		order.open();
		StateMachine machine = this.machines.of(order);
		assertThat(vetoed.await(20, TimeUnit.SECONDS)).isTrue();
		order.open();
		since.set(Instant.now());
		expires(machine);
		assertThat(Duration.between(since.get(), machine.since())).isGreaterThanOrEqualTo(Duration.ofMillis(150));
	}

	@Test
	@DisplayName("S34 a machine that is stopped while its timeout is tried again ends, and nothing is tried any more")
	void stoppedMeanwhile() throws Exception {
		Order order = this.machines.create(Order.class);
		CountDownLatch vetoed = new CountDownLatch(2);
		order.expiring = () -> {
			vetoed.countDown();
			throw new IllegalStateException("veto");
		};
		order.open();
		assertThat(vetoed.await(20, TimeUnit.SECONDS)).isTrue();
		StateMachine machine = this.machines.of(order);
		machine.stop();
		assertThat(machine.join(Machines.LONG)).isTrue();
		int asked = order.asked.get();
		Until.until("all threads to end", () -> this.machines.scheduler.dump(0).threads().isEmpty());
		assertThat(order.asked.get()).isBetween(asked, asked + 1);
		assertThat(machine.status()).isEqualTo(StateMachine.Status.STOPPED);
	}

	@Test
	@DisplayName("S37 a wall clock that jumps an hour changes no time in a state and fires no timeout")
	void clockJumps() throws Exception {
		List<Duration> spent = new CopyOnWriteArrayList<>();
		AtomicReference<Duration> offset = new AtomicReference<>(Duration.ZERO);
		InstantSource clock = () -> Instant.now().plus(offset.get());
		Observer observer = new Observer() {

			@Override
			public MachineListener machine(String machine) {
				return new MachineListener() {

					@Override
					public void moved(@Nullable String from, String to, Duration length) {
						spent.add(length);
					}

					@Override
					public void ended(String state, Duration length) {
						spent.add(length);
					}

				};
			}

		};
		try (GreenScheduler scheduler = GreenScheduler.builder()
			.observer(observer)
			.drainTimeout(Duration.ofSeconds(1))
			.build()) {
			StateMachines states = StateMachines.builder(scheduler).clock(clock).build();
			Patient patient = states.create(Patient.class);
			StateMachine machine = states.of(patient);
			patient.waiting();
			assertThat(machine.awaitRest(Machines.LONG)).isTrue();
			long begun = System.nanoTime();
			scheduler.sleep(Duration.ofMillis(50));
			offset.set(Duration.ofHours(1));
			patient.waiting();
			Duration real = Duration.ofNanos(System.nanoTime() - begun);
			assertThat(machine.awaitRest(Machines.LONG)).isTrue();
			assertThat(spent.get(1)).isBetween(Duration.ofMillis(45), real.plusSeconds(5));
			scheduler.sleep(Duration.ofMillis(50));
			offset.set(Duration.ofHours(-1));
			patient.waiting();
			assertThat(machine.awaitRest(Machines.LONG)).isTrue();
			assertThat(spent.get(2)).isBetween(Duration.ofMillis(45), Duration.ofMinutes(5));
			offset.set(Duration.ofDays(2));
			assertThat(machine.awaitState("late", Duration.ofMillis(300))).isFalse();
			machine.stop();
			assertThat(spent.get(3)).isBetween(Duration.ofMillis(250), Duration.ofMinutes(5));
		}
	}

	static class Patient {

		final List<Instant> times = new CopyOnWriteArrayList<>();

		@State(initial = true, transitionsTo = { "waiting", "late" }, timeout = "1d", onTimeout = "late")
		void waiting() {
		}

		@State
		void late() {
		}

	}

	@Test
	@DisplayName("F05 machines that nobody knows any more are collected with their timeouts of a day, also those tried in vain")
	void forgotten() throws Exception {
		List<WeakReference<Object>> forgotten = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			forgotten.add(new WeakReference<>(resting()));
		}
		Patient kept = this.machines.create(Patient.class);
		kept.waiting();
		long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
		while (forgotten.stream().anyMatch((each) -> each.get() != null)
				|| this.machines.scheduler.dump(0).threads().size() > 1) {
			System.gc();
			assertThat(System.nanoTime() - until)
				.as("still there: %s", this.machines.scheduler.dump(0).threads().size())
				.isNegative();
			this.machines.scheduler.sleep(Duration.ofMillis(50));
		}
		assertThat(this.machines.of(kept).current()).isEqualTo("waiting");
		assertThat(this.machines.scheduler.dump(0).threads()).hasSize(1);
	}

	private Object resting() throws Exception {
		Patient patient = this.machines.create(Patient.class);
		patient.waiting();
		assertThat(this.machines.of(patient).awaitRest(Machines.LONG)).isTrue();
		return patient;
	}

	@Test
	@DisplayName("F06 timeouts of any length are kept to their end: the longest never fires, and can be left")
	void longTimeouts() throws Exception {
		Ages ages = this.machines.create(Ages.class);
		StateMachine machine = this.machines.of(ages);
		ages.days();
		assertThat(machine.awaitRest(Machines.LONG)).isTrue();
		ages.seconds();
		assertThat(machine.awaitRest(Machines.LONG)).isTrue();
		ages.iso();
		assertThat(machine.awaitRest(Machines.LONG)).isTrue();
		assertThat(machine.awaitState("over", Duration.ofMillis(200))).isFalse();
		assertThat(machine.diagram().mermaid()).contains("999999d");
		machine.stop();
		assertThat(machine.isDone()).isTrue();
	}

	@Test
	@DisplayName("F06 limits and a stop timeout of any length are kept to their end")
	void longLimits() throws Exception {
		Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
		StateMachines states = this.machines.with().stopTimeout(forever).build();
		Order order = states.create(Order.class);
		CountDownLatch end = new CountDownLatch(1);
		order.body = () -> end.await();
		order.open();
		order.inside.await();
		order.paid();
		StateMachine machine = states.of(order);
		assertThat(machine.awaitState("paid", forever)).isTrue();
		assertThat(machine.awaitRest(forever)).isTrue();
		assertThat(machine.join(forever)).isTrue();
	}

	static class Ages {

		@State(initial = true, transitionsTo = { "seconds", "over" }, timeout = "999999d", onTimeout = "over")
		void days() {
		}

		@State(transitionsTo = { "iso", "over" }, timeout = "9223372036854775807s", onTimeout = "over")
		void seconds() {
		}

		@State(transitionsTo = "over", timeout = "PT2562047788015215H30M7S", onTimeout = "over")
		void iso() {
		}

		@State
		void over() {
		}

	}

	static class Endless {

		@State(initial = true, transitionsTo = "over", timeout = "9223372036854775807d", onTimeout = "over")
		void days() {
		}

		@State
		void over() {
		}

	}

	@Test
	@DisplayName("F06 a timeout that is longer than can be counted is rejected at the start, with that reason")
	void tooLong() {
		assertThat(catchThrowable(() -> this.machines.create(Endless.class))).isInstanceOf(InvalidStatesException.class)
			.hasMessageContaining("9223372036854775807d")
			.hasMessageContaining("longer than");
	}

	@Test
	@DisplayName("F06 under a worker timeouts go by its time")
	void underAWorker() throws Exception {
		try (Worker worker = Worker.builder().mode(Worker.Mode.BATON).build()) {
			StateMachines states = StateMachines.builder(worker.scheduler()).listener(new StateListener() {

				@Override
				public void moved(StateMachine machine, StateMove move) {
					((Patient) machine.target()).times.add(worker.clock().instant());
				}

			}).build();
			Patient patient = states.create(Patient.class);
			worker.assign(() -> patient.waiting());
			worker.workFor(Duration.ofHours(25));
			assertThat(states.of(patient).status()).isEqualTo(StateMachine.Status.DONE);
			assertThat(patient.times).hasSize(2);
			assertThat(Duration.between(patient.times.get(0), patient.times.get(1))).isBetween(Duration.ofDays(1),
					Duration.ofDays(1).plusSeconds(1));
		}
	}

}
