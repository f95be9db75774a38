package io.greenroom.metrics.internal;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.greenroom.deferred.Deferred;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.observe.CallMode;
import io.greenroom.observe.CallOutcome;
import io.greenroom.observe.HandlerListener;
import io.greenroom.observe.MachineListener;
import io.greenroom.observe.Observer;
import io.greenroom.observe.PoolListener;
import io.greenroom.state.State;
import io.greenroom.state.StateMachines;
import io.greenroom.testkit.Collected;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MeterObserverTests {

	private static final Duration MILLI = Duration.ofMillis(1);

	private static final Set<String> UNITS = Set.of("calls", "machines", "transitions", "slots", "tasks", "threads",
			"seconds");

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final MeterObserver observer = new MeterObserver(this.registry);

	@Test
	void callsAreTimedByHandlerMethodModeAndOutcome() {
		HandlerListener inventory = this.observer.handler("inventory", new Numbers(0, Duration.ZERO));
		inventory.ended("reserve", CallMode.SYNC, CallOutcome.SUCCESS, MILLI, MILLI.multipliedBy(3));
		inventory.ended("reserve", CallMode.SYNC, CallOutcome.SUCCESS, MILLI, MILLI.multipliedBy(4));
		inventory.ended("reserve", CallMode.SYNC, CallOutcome.FAILURE, MILLI, MILLI);
		inventory.ended("restock", CallMode.ONEWAY, CallOutcome.CANCELLED, MILLI, Duration.ZERO);
		Timer reserved = calls("reserve", "sync", "success");
		assertThat(reserved.count()).isEqualTo(2);
		assertThat(reserved.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(7);
		assertThat(calls("reserve", "sync", "failure").count()).isOne();
		assertThat(calls("restock", "oneway", "cancelled").count()).isOne();
		assertThat(this.registry.get("greenroom.deferred.wait").tag("method", "reserve").timer().count()).isEqualTo(3);
	}

	@Test
	void handlersAskForTimes() {
		assertThat(this.observer.handler("inventory", new Numbers(0, Duration.ZERO)).isTimed()).isTrue();
	}

	@Test
	void rejectedAndAbandonedCallsAreCounted() {
		HandlerListener inventory = this.observer.handler("inventory", new Numbers(0, Duration.ZERO));
		inventory.rejected("reserve", CallMode.SYNC, "full");
		inventory.rejected("reserve", CallMode.ONEWAY, "full");
		inventory.rejected("reserve", CallMode.SYNC, "stopped");
		inventory.abandoned("reserve");
		assertThat(this.registry.get("greenroom.deferred.rejected").tag("reason", "full").counter().count())
			.isEqualTo(2);
		assertThat(this.registry.get("greenroom.deferred.rejected").tag("reason", "stopped").counter().count()).isOne();
		assertThat(this.registry.get("greenroom.deferred.abandoned").tag("method", "reserve").counter().count())
			.isOne();
	}

	@Test
	void mailboxGaugesAddUpInstancesOfOneName() {
		Numbers first = new Numbers(2, Duration.ofSeconds(3));
		Numbers second = new Numbers(5, Duration.ofSeconds(1));
		HandlerListener firstListener = this.observer.handler("flower", first);
		HandlerListener secondListener = this.observer.handler("flower", second);
		assertThat(gauge("greenroom.deferred.mailbox.size")).isEqualTo(7);
		assertThat(this.registry.get("greenroom.deferred.mailbox.oldest.age").timeGauge().value(TimeUnit.SECONDS))
			.isEqualTo(3);
		assertThat(List.of(firstListener, secondListener)).doesNotHaveDuplicates();
	}

	@Test
	void collectedHandlersLeaveNothingBehind() throws InterruptedException {
		LiveGauges<Numbers> live = new LiveGauges<>();
		HandlerListener[] handlers = new HandlerListener[1000];
		for (int i = 0; i < handlers.length; i++) {
			Numbers numbers = new Numbers(1, Duration.ZERO);
			live.add(numbers);
			handlers[i] = this.observer.handler("flower", numbers);
		}
		assertThat(gauge("greenroom.deferred.mailbox.size")).isEqualTo(1000);
		assertThat(live.size()).isEqualTo(1000);
		Arrays.fill(handlers, HandlerListener.NONE);
		Collected.await(() -> live.size() == 0);
		assertThat(gauge("greenroom.deferred.mailbox.size")).isZero();
		assertThat(live.sum(Numbers::queued)).isZero();
	}

	@Test
	void handlersThatKeepTheirListenerKeepTheirGauges() throws InterruptedException {
		HandlerListener listener = this.observer.handler("flower", new Numbers(4, Duration.ZERO));
		LiveGauges<Numbers> control = new LiveGauges<>();
		control.add(new Numbers(1, Duration.ZERO));
		Collected.await(() -> control.size() == 0);
		assertThat(gauge("greenroom.deferred.mailbox.size")).isEqualTo(4);
		assertThat(listener.isTimed()).isTrue();
	}

	@Test
	@DisplayName("S21 moves count per edge and time per state, and say how many machines are where")
	void movesAreCountedAndTimed() {
		MachineListener flower = this.observer.machine("flower");
		for (int i = 0; i < 3; i++) {
			flower.moved(null, "sprouting", Duration.ZERO);
		}
		flower.moved("sprouting", "growing", MILLI.multipliedBy(5));
		flower.moved("sprouting", "growing", MILLI.multipliedBy(5));
		flower.ended("growing", MILLI);
		flower.rejected("growing", "sprouting");
		assertThat(active("sprouting")).isEqualTo(1);
		assertThat(active("growing")).isEqualTo(1);
		assertThat(edge("none", "sprouting")).isEqualTo(3);
		assertThat(edge("sprouting", "growing")).isEqualTo(2);
		Timer sprouting = this.registry.get("greenroom.state.duration").tag("state", "sprouting").timer();
		assertThat(sprouting.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(10);
		assertThat(this.registry.get("greenroom.state.rejected").tags("from", "growing", "to", "sprouting").counter())
			.satisfies((counter) -> assertThat(counter.count()).isOne());
	}

	@Test
	@DisplayName("S31 a machine that failed is counted by class and state, through a composite too")
	void failures() {
		MachineListener flower = Observer.all(List.of(this.observer, new Observer() {
		})).machine("flower");
		flower.failed("growing", new IllegalStateException("frost"));
		flower.failed("growing", new IllegalStateException("frost"));
		assertThat(this.registry.get("greenroom.state.failed")
			.tags("machine", "flower", "state", "growing")
			.counter()
			.count()).isEqualTo(2);
	}

	static class Resting {

		@State(initial = true, transitionsTo = "over")
		void waiting() {
		}

		@State
		void over() {
		}

	}

	@Test
	@DisplayName("S21 a machine that is forgotten at rest is not counted for ever")
	void forgottenMachines() throws InterruptedException {
		GreenScheduler scheduler = GreenScheduler.builder().observer(this.observer).build();
		try {
			StateMachines machines = StateMachines.builder(scheduler).build();
			Resting[] resting = new Resting[100];
			for (int i = 0; i < resting.length; i++) {
				resting[i] = machines.create(Resting.class);
				resting[i].waiting();
				assertThat(machines.of(resting[i]).awaitRest(Duration.ofSeconds(20))).isTrue();
			}
			Gauge active = this.registry.get("greenroom.state.active")
				.tags("machine", Resting.class.getName(), "state", "waiting")
				.gauge();
			assertThat(active.value()).isEqualTo(100);
			Resting kept = resting[0];
			Arrays.fill(resting, kept);
			Collected.await(() -> active.value() == 1);
			machines.of(kept).stop();
			assertThat(active.value()).isZero();
		}
		finally {
			scheduler.close();
		}
	}

	@Test
	void poolsShowTheirNumbersWaitsAndRejections() {
		PoolListener reports = this.observer.pool("reports", new PoolNumbers(4, 3, 9));
		reports.started(MILLI);
		reports.ended(MILLI.multipliedBy(2));
		reports.rejected("full");
		assertThat(gauge("greenroom.pool.size")).isEqualTo(4);
		assertThat(gauge("greenroom.pool.active")).isEqualTo(3);
		assertThat(gauge("greenroom.pool.queued")).isEqualTo(9);
		assertThat(this.registry.get("greenroom.pool.wait").timer().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(1);
		assertThat(this.registry.get("greenroom.pool.usage").timer().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(2);
		assertThat(this.registry.get("greenroom.pool.rejected").tag("reason", "full").counter().count()).isOne();
	}

	@Test
	void threadsOfARealSchedulerAreCounted() throws InterruptedException {
		GreenScheduler scheduler = GreenScheduler.builder().name("stage").observer(this.observer).build();
		CountDownLatch release = new CountDownLatch(1);
		GreenThread<Void> thread = scheduler.spawn(() -> release.await());
		assertThat(gauge("greenroom.threads.live")).isOne();
		release.countDown();
		thread.join();
		scheduler.close();
		assertThat(gauge("greenroom.threads.live")).isZero();
		assertThat(this.registry.get("greenroom.threads.spawned").tag("scheduler", "stage").functionCounter().count())
			.isOne();
	}

	@Test
	void callsOfARealHandlerAreTimed() {
		GreenScheduler scheduler = GreenScheduler.builder().name("stage").observer(this.observer).build();
		Deferred<Choir> choir = Deferred.of(scheduler, new Choir());
		for (int i = 0; i < 10; i++) {
			choir.sync().sing();
		}
		// The handler tells after it has answered; when it has stopped it has told all.
		scheduler.close();
		assertThat(this.registry.get("greenroom.deferred.calls").tags("method", "sing", "mode", "sync").timer())
			.satisfies((timer) -> assertThat(timer.count()).isEqualTo(10));
		assertThat(this.registry.get("greenroom.deferred.wait").timer().count()).isEqualTo(10);
		assertThat(gauge("greenroom.deferred.mailbox.size")).isZero();
	}

	@Test
	void lateRegistryFindsTheGaugesInPlace() {
		MeterObserver early = new MeterObserver();
		HandlerListener inventory = early.handler("inventory", new Numbers(6, Duration.ZERO));
		PoolListener reports = early.pool("reports", new PoolNumbers(4, 0, 0));
		MachineListener flower = early.machine("flower");
		early.threads("stage", () -> 2).spawned();
		flower.moved(null, "sprouting", Duration.ZERO);
		flower.moved("sprouting", "growing", MILLI);
		flower.rejected("growing", "sprouting");
		inventory.ended("reserve", CallMode.SYNC, CallOutcome.SUCCESS, MILLI, MILLI);
		inventory.rejected("reserve", CallMode.SYNC, "full");
		inventory.abandoned("reserve");
		reports.started(MILLI);
		reports.ended(MILLI);
		reports.rejected("full");
		assertThat(this.registry.getMeters()).isEmpty();
		early.bindTo(this.registry);
		assertThat(gauge("greenroom.deferred.mailbox.size")).isEqualTo(6);
		assertThat(gauge("greenroom.pool.size")).isEqualTo(4);
		assertThat(this.registry.get("greenroom.threads.spawned").functionCounter().count()).isOne();
		assertThat(active("growing")).isEqualTo(1);
		assertThat(active("sprouting")).isZero();
		inventory.ended("reserve", CallMode.SYNC, CallOutcome.SUCCESS, MILLI, MILLI);
		reports.started(MILLI);
		assertThat(calls("reserve", "sync", "success").count()).isOne();
		assertThat(this.registry.get("greenroom.pool.wait").timer().count()).isOne();
	}

	@Test
	void secondRegistryIsIgnored() {
		MeterRegistry second = new SimpleMeterRegistry();
		this.observer.bindTo(second);
		this.observer.pool("reports", new PoolNumbers(1, 0, 0));
		assertThat(second.getMeters()).isEmpty();
		assertThat(this.registry.getMeters()).isNotEmpty();
	}

	@Test
	void metersShowInACompositeAndInItsChildren() {
		CompositeMeterRegistry composite = new CompositeMeterRegistry();
		composite.add(this.registry);
		MeterObserver observer = new MeterObserver(composite);
		observer.machine("flower").moved(null, "sprouting", Duration.ZERO);
		assertThat(composite.get("greenroom.state.active").gauge().value()).isEqualTo(1);
		assertThat(this.registry.get("greenroom.state.active").gauge().value()).isEqualTo(1);
	}

	@Test
	void deniedMetersCostNoError() {
		this.registry.config().meterFilter(MeterFilter.denyNameStartsWith("greenroom"));
		useEverything(this.observer);
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	@DisplayName("M05 every meter has a dotted lower-case name, a description, a unit and tags from closed sets")
	void metersAreNamedDescribedAndBounded() {
		useEverything(this.observer);
		assertThat(this.registry.getMeters()).extracting((meter) -> meter.getId().getName())
			.contains("greenroom.deferred.calls", "greenroom.deferred.wait", "greenroom.deferred.mailbox.size",
					"greenroom.deferred.mailbox.oldest.age", "greenroom.deferred.running.age",
					"greenroom.deferred.rejected", "greenroom.deferred.abandoned", "greenroom.state.active",
					"greenroom.state.duration", "greenroom.state.transitions", "greenroom.state.rejected",
					"greenroom.state.failed", "greenroom.pool.size", "greenroom.pool.active", "greenroom.pool.queued",
					"greenroom.pool.wait", "greenroom.pool.usage", "greenroom.pool.rejected", "greenroom.threads.live",
					"greenroom.threads.spawned");
		assertThat(this.registry.getMeters()).extracting(Meter::getId).allSatisfy((id) -> {
			assertThat(id.getName()).matches("greenroom(\\.[a-z]+)+");
			assertThat(id.getDescription()).isNotBlank();
			assertThat(id.getBaseUnit()).isIn(UNITS);
		});
		Set<String> keys = this.registry.getMeters()
			.stream()
			.flatMap((meter) -> meter.getId().getTags().stream())
			.map((tag) -> tag.getKey())
			.collect(Collectors.toSet());
		assertThat(keys).containsExactlyInAnyOrder("handler", "method", "mode", "outcome", "reason", "machine", "state",
				"from", "to", "pool", "scheduler");
	}

	@Test
	@DisplayName("M05 a thousand calls, moves and waits make no meter that one of each did not make")
	void repetitionMakesNoNewMeters() {
		useEverything(this.observer);
		List<Meter> once = this.registry.getMeters();
		for (int i = 0; i < 1000; i++) {
			useEverything(this.observer);
		}
		assertThat(this.registry.getMeters()).containsExactlyInAnyOrderElementsOf(once);
	}

	private static void useEverything(MeterObserver observer) {
		HandlerListener handler = observer.handler("inventory", new Numbers(1, MILLI));
		for (CallMode mode : CallMode.values()) {
			for (CallOutcome outcome : CallOutcome.values()) {
				handler.ended("reserve", mode, outcome, MILLI, MILLI);
			}
		}
		handler.rejected("reserve", CallMode.SYNC, "full");
		handler.abandoned("reserve");
		MachineListener machine = observer.machine("flower");
		machine.moved(null, "sprouting", Duration.ZERO);
		machine.moved("sprouting", "growing", MILLI);
		machine.rejected(null, "growing");
		machine.failed("growing", new IllegalStateException("frost"));
		machine.ended("growing", MILLI);
		PoolListener pool = observer.pool("reports", new PoolNumbers(1, 1, 1));
		pool.started(MILLI);
		pool.ended(MILLI);
		pool.rejected("full");
		observer.threads("stage", () -> 1).spawned();
	}

	private Timer calls(String method, String mode, String outcome) {
		return this.registry.get("greenroom.deferred.calls")
			.tags("handler", "inventory", "method", method, "mode", mode, "outcome", outcome.toLowerCase(Locale.ROOT))
			.timer();
	}

	private double gauge(String name) {
		return this.registry.get(name).gauge().value();
	}

	private double active(String state) {
		return this.registry.get("greenroom.state.active").tags("machine", "flower", "state", state).gauge().value();
	}

	private double edge(String from, String to) {
		return this.registry.get("greenroom.state.transitions").tags("from", from, "to", to).counter().count();
	}

	static class Choir {

		void sing() {
		}

	}

}
