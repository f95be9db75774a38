package io.greenroom.bench;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.github.oxo42.stateless4j.StateMachineConfig;
import io.greenroom.green.GreenScheduler;
import io.greenroom.state.StateMachines;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.statemachine.StateMachine;
import org.springframework.statemachine.config.StateMachineBuilder;
import org.squirrelframework.foundation.fsm.StateMachineBuilderFactory;
import org.squirrelframework.foundation.fsm.UntypedStateMachine;
import org.squirrelframework.foundation.fsm.UntypedStateMachineBuilder;
import org.squirrelframework.foundation.fsm.annotation.StateMachineParameters;
import org.squirrelframework.foundation.fsm.impl.AbstractUntypedStateMachine;
import reactor.core.publisher.Mono;

/**
 * One move between two states: by a call of the next state from the running one, against
 * starting raw virtual threads that each start the next and end, and against what three
 * other state machines take for an event.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class StateMove {

	private static final int MOVES = 10_000;

	private GreenScheduler scheduler;

	private StateMachines machines;

	private StateMachine<String, String> spring;

	private UntypedStateMachine squirrel;

	private com.github.oxo42.stateless4j.StateMachine<String, String> stateless;

	@Setup
	public void open() throws Exception {
		this.scheduler = GreenScheduler.builder().build();
		this.machines = StateMachines.builder(this.scheduler).historySize(0).build();
		StateMachineBuilder.Builder<String, String> builder = StateMachineBuilder.builder();
		builder.configureStates().withStates().initial("tick").state("tock");
		builder.configureTransitions()
			.withExternal()
			.source("tick")
			.target("tock")
			.event("go")
			.and()
			.withExternal()
			.source("tock")
			.target("tick")
			.event("go");
		this.spring = builder.build();
		this.spring.startReactively().block();
		UntypedStateMachineBuilder squirrels = StateMachineBuilderFactory.create(SquirrelClock.class);
		squirrels.externalTransition().from("tick").to("tock").on("go");
		squirrels.externalTransition().from("tock").to("tick").on("go");
		this.squirrel = squirrels.newStateMachine("tick");
		this.squirrel.start();
		StateMachineConfig<String, String> stateless = new StateMachineConfig<>();
		stateless.configure("tick").permit("go", "tock");
		stateless.configure("tock").permit("go", "tick");
		this.stateless = new com.github.oxo42.stateless4j.StateMachine<>("tick", stateless);
	}

	@TearDown
	public void close() {
		this.scheduler.close();
	}

	@Benchmark
	@OperationsPerInvocation(MOVES)
	public void greenroom() throws InterruptedException {
		Clock clock = this.machines.create(Clock.class);
		clock.tick(MOVES);
		this.machines.of(clock).join(Duration.ofMinutes(1));
	}

	@Benchmark
	@OperationsPerInvocation(MOVES)
	public void rawThreads() throws InterruptedException {
		CountDownLatch end = new CountDownLatch(1);
		raw(MOVES, end);
		end.await();
	}

	private static void raw(int left, CountDownLatch end) {
		Thread.ofVirtual().start(() -> {
			if (left == 0) {
				end.countDown();
			}
			else {
				raw(left - 1, end);
			}
		});
	}

	@Benchmark
	public Object springStatemachine() {
		return this.spring.sendEvent(Mono.just(MessageBuilder.withPayload("go").build())).blockLast();
	}

	@Benchmark
	public void squirrel() {
		this.squirrel.fire("go");
	}

	@Benchmark
	public void stateless4j() {
		this.stateless.fire("go");
	}

	/** Moves itself. */
	public static class Clock {

		@io.greenroom.state.State(initial = true, transitionsTo = { "tock", "over" })
		protected void tick(int left) {
			if (left == 0) {
				over();
			}
			tock(left - 1);
		}

		@io.greenroom.state.State(transitionsTo = { "tick", "over" })
		protected void tock(int left) {
			if (left == 0) {
				over();
			}
			tick(left - 1);
		}

		@io.greenroom.state.State
		protected void over() {
		}

	}

	/** The same for squirrel-foundation. */
	@StateMachineParameters(stateType = String.class, eventType = String.class, contextType = Void.class)
	public static class SquirrelClock extends AbstractUntypedStateMachine {

	}

}
