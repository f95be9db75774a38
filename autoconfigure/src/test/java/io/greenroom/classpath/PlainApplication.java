package io.greenroom.classpath;

import io.greenroom.deferred.Deferred;
import io.greenroom.green.GreenScheduler;
import io.greenroom.state.State;
import io.greenroom.state.StateMachines;
import io.greenroom.test.HeldMailbox;
import io.greenroom.test.Interleavings;
import io.greenroom.test.MachineStates;
import io.greenroom.test.Settling;
import io.greenroom.testkit.ForkedJvm;

/** A program that uses the core. */
public final class PlainApplication {

	private PlainApplication() {
	}

	static class Lamp {

		@State(initial = true)
		void on() {
		}

	}

	static class Switch {

		void flip() {
		}

	}

	/** Runs a green thread and says its result. */
	public static void main(String[] args) throws Exception {
		Interleavings.explore(1, (test) -> test.run(() -> supportTests(test.scheduler())));
		try (GreenScheduler scheduler = GreenScheduler.builder().build()) {
			System.out.println(ForkedJvm.ANSWER + scheduler.spawn(() -> "sung").get());
		}
	}

	/** What tests use, whatever their framework. */
	private static void supportTests(GreenScheduler scheduler) throws InterruptedException {
		StateMachines machines = StateMachines.builder(scheduler).build();
		MachineStates.create(machines, "on", Lamp.class);
		HeldMailbox.hold(Deferred.of(scheduler, new Switch())).close();
		Settling.settle(scheduler);
	}

}
