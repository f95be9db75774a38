package io.greenroom.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.greenroom.deferred.Deferred;
import io.greenroom.green.GreenEvent;
import io.greenroom.green.GreenThread;
import io.greenroom.green.Parking;
import io.greenroom.green.worker.Worker;
import io.greenroom.state.IllegalTransitionException;
import io.greenroom.state.State;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

@Timeout(120)
class InterleavingsTests {

	private static final Pattern REPLAY = Pattern
		.compile("-Dgreenroom\\.test\\.seed=(\\d+) -Dgreenroom\\.test\\.strategy=(\\w+) runs only this one");

	@AfterEach
	void clear() {
		System.clearProperty(Interleavings.SEED_PROPERTY);
		System.clearProperty(Interleavings.STRATEGY_PROPERTY);
	}

	static Stream<Arguments> ways() {
		return Arrays.stream(Worker.Mode.values())
			.flatMap((mode) -> Arrays.stream(Worker.Strategy.values()).map((strategy) -> Arguments.of(mode, strategy)));
	}

	/** A shop that asks the stock whether there is any, and then takes some. */
	static class Shop {

		private final Deferred<Stock> stock;

		private final boolean mended;

		Shop(Deferred<Stock> stock, boolean mended) {
			this.stock = stock;
			this.mended = mended;
		}

		boolean sell() {
			if (this.mended) {
				return this.stock.sync().takeIfAny();
			}
			if (!this.stock.sync().isAny()) {
				return false;
			}
			this.stock.sync().take();
			return true;
		}

	}

	static class Stock {

		private int left = 1;

		boolean isAny() {
			return this.left > 0;
		}

		void take() {
			this.left--;
		}

		boolean takeIfAny() {
			if (this.left == 0) {
				return false;
			}
			this.left--;
			return true;
		}

	}

	/** Two shops, each a handler, and the stock that they share. */
	private static Interleavings.Test shops(boolean mended) {
		return (test) -> {
			Stock stock = new Stock();
			Deferred<Stock> shared = Deferred.of(test.scheduler(), stock);
			List<Deferred<Shop>> shops = Stream.of(1, 2)
				.map((number) -> Deferred.of(test.scheduler(), new Shop(shared, mended)))
				.toList();
			test.run(() -> {
				List<GreenThread<Boolean>> buyers = new ArrayList<>();
				shops.forEach((shop) -> buyers.add(test.scheduler().spawn(() -> shop.sync().sell())));
				test.scheduler().joinAll(buyers);
			});
			assertThat(stock.left).isZero();
		};
	}

	static class Reservation {

		@State(initial = true, transitionsTo = { "paid", "expired" }, timeout = "30m", onTimeout = "expired")
		void open() {
		}

		@State
		void paid() {
		}

		@State
		void expired() {
		}

	}

	static class Bank {

		private int charged;

		void charge() {
			this.charged++;
		}

	}

	/** A till that asks whether the reservation is open, and then charges for it. */
	static class Till {

		private final StateMachines machines;

		private final Deferred<Bank> bank;

		private final boolean mended;

		Till(StateMachines machines, Deferred<Bank> bank, boolean mended) {
			this.machines = machines;
			this.bank = bank;
			this.mended = mended;
		}

		void pay(Reservation reservation) {
			if (this.mended) {
				try {
					reservation.paid();
				}
				catch (IllegalTransitionException late) {
					return;
				}
				this.bank.sync().charge();
				return;
			}
			if ("open".equals(this.machines.of(reservation).current())) {
				this.bank.sync().charge();
				try {
					reservation.paid();
				}
				catch (IllegalTransitionException late) {
					// Charged for nothing.
				}
			}
		}

	}

	/** A call that comes at the moment at which the machine's timeout fires. */
	private static Interleavings.Test payments(boolean mended) {
		return (test) -> {
			StateMachines machines = StateMachines.builder(test.scheduler()).build();
			Bank bank = new Bank();
			Deferred<Till> till = Deferred.of(test.scheduler(),
					new Till(machines, Deferred.of(test.scheduler(), bank), mended));
			Reservation reservation = machines.create(Reservation.class);
			StateMachine machine = machines.of(reservation);
			test.run(() -> {
				reservation.open();
				test.scheduler().spawnLater(Duration.ofMinutes(30), () -> till.sync().pay(reservation)).join();
			});
			assertThat(bank.charged).as(machine::toString).isEqualTo("paid".equals(machine.current()) ? 1 : 0);
		};
	}

	private static void explore(Worker.Mode mode, Worker.Strategy strategy, int seeds, Interleavings.Test test)
			throws Exception {
		Interleavings.explore(seeds, strategy, () -> Worker.builder().mode(mode), test);
	}

	private void isFoundAndReplayed(Worker.Mode mode, Worker.Strategy strategy, Interleavings.Test test) {
		AtomicInteger runs = new AtomicInteger();
		Throwable found = catchThrowable(() -> explore(mode, strategy, 100, (scheduler) -> {
			runs.incrementAndGet();
			test.run(scheduler);
		}));
		assertThat(found).as("%s, %s", mode, strategy).isInstanceOf(AssertionError.class);
		String note = Arrays.stream(found.getSuppressed()).map(Throwable::getMessage).toList().getLast();
		Matcher replay = REPLAY.matcher(note);
		assertThat(replay.find()).as(note).isTrue();
		assertThat(note).contains(strategy.name()).containsPattern("steps: .*test");
		System.setProperty(Interleavings.SEED_PROPERTY, replay.group(1));
		System.setProperty(Interleavings.STRATEGY_PROPERTY, replay.group(2));
		for (int i = 0; i < 100; i++) {
			// Whatever the test declares.
			Throwable again = catchThrowable(() -> explore(mode, Worker.Strategy.RANDOM, 1, test));
			assertThat(again).as("run %s of seed %s", i, replay.group(1)).isInstanceOf(AssertionError.class);
			assertThat(Arrays.stream(again.getSuppressed()).map(Throwable::getMessage).toList().getLast())
				.isEqualTo(note);
		}
	}

	@ParameterizedTest
	@MethodSource("ways")
	@DisplayName("U03 a planted check-then-act between two handlers is found within 100 seeds and replayed 100 times of 100")
	void findsTheRaceOfTwoHandlers(Worker.Mode mode, Worker.Strategy strategy) {
		isFoundAndReplayed(mode, strategy, shops(false));
	}

	@ParameterizedTest
	@MethodSource("ways")
	@DisplayName("U03 a planted race of a machine's timeout and a call is found within 100 seeds and replayed 100 times of 100")
	void findsTheRaceOfATimeout(Worker.Mode mode, Worker.Strategy strategy) {
		isFoundAndReplayed(mode, strategy, payments(false));
	}

	@ParameterizedTest
	@MethodSource("ways")
	@DisplayName("U03 without the races all seeds pass")
	void allSeedsPassOnceMended(Worker.Mode mode, Worker.Strategy strategy) throws Exception {
		explore(mode, strategy, 100, shops(true));
		explore(mode, strategy, 100, payments(true));
	}

	static class Relay {

		void pass() {
		}

	}

	/**
	 * Needs the checker to be first until it has looked, and last from then on: neither a
	 * fixed order of the threads nor chance is likely to do that.
	 */
	private static Interleavings.Test heldUp() {
		return (test) -> {
			Deferred<Relay> relay = Deferred.of(test.scheduler(), new Relay());
			int[] begun = new int[1];
			int[] done = new int[1];
			boolean[] overtaken = new boolean[1];
			test.run(() -> {
				test.scheduler().spawn("checker", () -> {
					relay.sync().pass();
					relay.sync().pass();
					int seen = begun[0];
					relay.sync().pass();
					overtaken[0] = seen == 0 && done[0] == 2;
				});
				for (int i = 0; i < 2; i++) {
					test.scheduler().spawn("other", () -> {
						begun[0]++;
						handOver(test, 5);
						done[0]++;
					});
				}
			});
			assertThat(overtaken[0]).isFalse();
		};
	}

	/** Waits for other threads, one after another. */
	private static void handOver(DeterministicScheduler test, int times) throws InterruptedException {
		for (int i = 0; i < times; i++) {
			GreenEvent event = new GreenEvent();
			test.scheduler().spawn("helper", event::set);
			event.await();
		}
	}

	@Test
	@DisplayName("U03 the default finds what needs one thread to be held up at one step while all others run to their end")
	void findsAThreadThatIsHeldUp() {
		assertThat(catchThrowable(() -> Interleavings.explore(1000, heldUp()))).isInstanceOf(AssertionError.class);
	}

	private static void steps(int number) throws InterruptedException {
		for (int i = 0; i < number; i++) {
			Parking.sleep(Duration.ZERO);
		}
	}

	@Test
	@DisplayName("U03 a failure without room for a note is logged with its seed, and stays the same")
	@ExtendWith(OutputCaptureExtension.class)
	void keepsFailuresAsTheyAre(CapturedOutput output) {
		Error bare = new Error("bare", null, false, false) {
		};
		assertThat(catchThrowable(() -> Interleavings.explore(1, (test) -> {
			throw bare;
		}))).isSameAs(bare);
		assertThat(output).contains("Found with seed 0 of strategy PRIORITY; -Dgreenroom.test.seed=0");
	}

	@Test
	@DisplayName("U03 invalid properties are rejected by name, and not ignored")
	void rejectsInvalidProperties() {
		System.setProperty(Interleavings.SEED_PROPERTY, "seventeen");
		assertThatIllegalArgumentException().isThrownBy(() -> Interleavings.explore(1, (test) -> {
		})).withMessageContaining("-Dgreenroom.test.seed is 'seventeen', which is not a whole number");
		System.setProperty(Interleavings.SEED_PROPERTY, "17");
		System.setProperty(Interleavings.STRATEGY_PROPERTY, "luck");
		assertThatIllegalArgumentException().isThrownBy(() -> Interleavings.explore(1, (test) -> {
		})).withMessageContaining("-Dgreenroom.test.strategy is 'luck'; the strategies are [RANDOM, PRIORITY]");
	}

	@Test
	@DisplayName("U03 a thread that only yields does not keep the others from running, whatever its priority")
	void yieldingThreadsLetOthersGo() throws Exception {
		Interleavings.explore(200, (test) -> {
			boolean[] set = new boolean[1];
			test.run(() -> {
				test.scheduler().spawn("spinner", () -> {
					while (!set[0]) {
						Parking.pause();
					}
				});
				test.scheduler().spawn("setter", () -> {
					steps(3);
					set[0] = true;
				});
			});
		});
	}

}
