package io.greenroom.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

import io.greenroom.figures.Figure;
import io.greenroom.green.GreenScheduler;
import io.greenroom.state.State;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;

/**
 * The heap that machines take, each with its object: parked in a running state, and at
 * rest. {@code java -XX:+UseSerialGC -Xmx3g -cp … io.greenroom.bench.MachineHeap 100000
 * 1000000}.
 */
public final class MachineHeap {

	private MachineHeap() {
	}

	/**
	 * Prints bytes per machine; the arguments are how many run, how many rest, and how many rounds.
	 */
	public static void main(String[] args) throws Exception {
		int running = (args.length > 0) ? Integer.parseInt(args[0]) : 100_000;
		int resting = (args.length > 1) ? Integer.parseInt(args[1]) : 1_000_000;
		int rounds = (args.length > 2) ? Integer.parseInt(args[2]) : 3;
		double parked = Double.MAX_VALUE;
		double rested = Double.MAX_VALUE;
		for (int round = 0; round < rounds; round++) {
			parked = Math.min(parked, running(running));
			rested = Math.min(rested, resting(resting));
		}
		Figure.print("MachineHeap.running", parked, "B");
		Figure.print("MachineHeap.resting", rested, "B");
	}

	private static double running(int count) throws Exception {
		GreenScheduler scheduler = GreenScheduler.builder().build();
		StateMachines machines = StateMachines.builder(scheduler).build();
		List<Sleeper> all = new ArrayList<>(count);
		CountDownLatch asleep = new CountDownLatch(count);
		long before = used();
		for (int i = 0; i < count; i++) {
			Sleeper sleeper = machines.create(Sleeper.class, asleep);
			sleeper.asleep();
			all.add(sleeper);
		}
		asleep.await();
		double each = print("running", count, before);
		for (Sleeper sleeper : all) {
			machines.of(sleeper).stop();
		}
		for (Sleeper sleeper : all) {
			machines.of(sleeper).join();
		}
		scheduler.close();
		return each;
	}

	private static double resting(int count) throws Exception {
		GreenScheduler scheduler = GreenScheduler.builder().build();
		StateMachines machines = StateMachines.builder(scheduler).build();
		List<Order> all = new ArrayList<>(count);
		long before = used();
		for (int i = 0; i < count; i++) {
			Order order = machines.create(Order.class);
			order.placed();
			all.add(order);
		}
		for (Order order : all) {
			StateMachine machine = machines.of(order);
			machine.join(java.time.Duration.ZERO);
			while (machine.status() != StateMachine.Status.RESTING) {
				Thread.onSpinWait();
			}
		}
		double each = print("resting", count, before);
		if (all.isEmpty()) {
			throw new IllegalStateException();
		}
		scheduler.close();
		return each;
	}

	private static double print(String what, int count, long before) throws InterruptedException {
		double each = (used() - before) / (double) count;
		System.out.printf("%-10s %8d machines %8.0f bytes each%n", what, count, each);
		return each;
	}

	private static long used() throws InterruptedException {
		for (int i = 0; i < 3; i++) {
			System.gc();
			Thread.sleep(200);
		}
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

	/** Stays in its body. */
	public static class Sleeper {

		private final CountDownLatch asleep;

		protected Sleeper(CountDownLatch asleep) {
			this.asleep = asleep;
		}

		@State(initial = true, transitionsTo = "awake")
		protected void asleep() {
			this.asleep.countDown();
			LockSupport.park(this);
		}

		@State
		protected void awake() {
		}

	}

	/** Waits without a thread. */
	public static class Order {

		@State(initial = true, transitionsTo = "paid")
		protected void placed() {
		}

		@State
		protected void paid() {
		}

	}

}
