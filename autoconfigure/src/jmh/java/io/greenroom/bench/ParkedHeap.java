package io.greenroom.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

import io.greenroom.figures.Figure;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenTask;

/**
 * The heap that parked threads take, green ones and raw virtual ones, in one JVM. Run it
 * with a heap that holds them, and the serial collector, which counts best:
 * {@code java -XX:+UseSerialGC -Xmx3g -cp … io.greenroom.bench.ParkedHeap 1000000}.
 */
public final class ParkedHeap {

	private ParkedHeap() {
	}

	/** Prints bytes per thread; the arguments are how many threads, and how many rounds. */
	public static void main(String[] args) throws Exception {
		int threads = (args.length > 0) ? Integer.parseInt(args[0]) : 1_000_000;
		int rounds = (args.length > 1) ? Integer.parseInt(args[1]) : 4;
		double raw = Double.MAX_VALUE;
		double green = Double.MAX_VALUE;
		// In turn, and the best of each: compiled frames are smaller than interpreted ones.
		for (int round = 0; round < rounds; round++) {
			raw = Math.min(raw, measure("raw", threads, ParkedHeap::raw));
			green = Math.min(green, measure("green", threads, ParkedHeap::green));
		}
		System.out.printf("ratio %.2f%n", green / raw);
		Figure.print("ParkedHeap.green", green, "B");
		Figure.print("ParkedHeap.raw", raw, "B");
	}

	private static double measure(String name, int threads, Kind kind) throws Exception {
		CountDownLatch parked = new CountDownLatch(threads);
		long before = used();
		List<Thread> all = new ArrayList<>(threads);
		Runnable body = () -> {
			synchronized (all) {
				all.add(Thread.currentThread());
			}
			parked.countDown();
			LockSupport.park();
		};
		AutoCloseable end = kind.start(threads, body);
		parked.await();
		double each = (used() - before) / (double) threads;
		System.out.printf("%-14s %8d threads %8.0f bytes each%n", name, threads, each);
		all.forEach(LockSupport::unpark);
		for (Thread thread : all) {
			thread.join();
		}
		end.close();
		return each;
	}

	private static AutoCloseable raw(int threads, Runnable body) {
		for (int i = 0; i < threads; i++) {
			Thread.ofVirtual().name("raw-" + i).start(body);
		}
		return () -> {
		};
	}

	private static AutoCloseable green(int threads, Runnable body) {
		GreenScheduler scheduler = GreenScheduler.builder().build();
		GreenTask task = body::run;
		for (int i = 0; i < threads; i++) {
			scheduler.spawn(task);
		}
		return scheduler;
	}

	private static long used() throws InterruptedException {
		for (int i = 0; i < 3; i++) {
			System.gc();
			Thread.sleep(200);
		}
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

	private interface Kind {

		AutoCloseable start(int threads, Runnable body) throws Exception;

	}

}
