package io.greenroom.bench;

import java.util.ArrayList;
import java.util.List;

import io.greenroom.deferred.Deferred;
import io.greenroom.figures.Figure;
import io.greenroom.green.GreenScheduler;

/**
 * A hundred thousand handlers with their handles, each called and kept, and each called
 * again once they rest, and closed. Run it with the heap they are to fit in:
 * {@code java -XX:+UseSerialGC -Xmx512m -cp … io.greenroom.bench.IdleHandlers 100000}.
 */
public final class IdleHandlers {

	private IdleHandlers() {
	}

	/** Prints bytes per handler; the number of handlers is the argument. */
	public static void main(String[] args) throws Exception {
		int handlers = (args.length > 0) ? Integer.parseInt(args[0]) : 100_000;
		GreenScheduler scheduler = GreenScheduler.builder().build();
		List<Deferred<Member>> members = new ArrayList<>(handlers);
		long before = used();
		Thread.ofVirtual().start(() -> {
			for (int i = 0; i < handlers; i++) {
				Deferred<Member> member = Deferred.of(scheduler, new Member());
				member.sync().greet();
				members.add(member);
			}
		}).join();
		Figure.print("IdleHandlers.called", print("called", handlers, before), "B");
		while (scheduler.dump(0).threads().size() > 0) {
			Thread.sleep(100);
		}
		Figure.print("IdleHandlers.resting", print("resting", handlers, before), "B");
		Thread.ofVirtual().start(() -> members.forEach((member) -> member.sync().greet())).join();
		print("called again", handlers, before);
		long start = System.nanoTime();
		scheduler.close();
		System.out.printf("closed after %d ms%n", (System.nanoTime() - start) / 1_000_000);
	}

	private static double print(String when, int handlers, long before) {
		double each = (used() - before) / (double) handlers;
		System.out.printf("%-14s %8d handlers %8.0f bytes each%n", when, handlers, each);
		return each;
	}

	private static long used() {
		System.gc();
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

	/** Counts. */
	public static class Member {

		private int count;

		public int greet() {
			return ++this.count;
		}

	}

}
