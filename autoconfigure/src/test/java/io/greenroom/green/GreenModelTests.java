package io.greenroom.green;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.greenroom.testkit.Models.check;
import static io.greenroom.testkit.Models.explore;
import static io.greenroom.testkit.Models.start;

/**
 * The races of queues and pools under a model checker. Those of events are not here: it
 * does not find a callback that is overwritten, in 600 schedules.
 */
@Timeout(600)
@Tag("model")
class GreenModelTests {

	private static final Duration LONG = Duration.ofDays(1);

	@Test
	@DisplayName("Q10 each item of a queue is taken once, in the order of its putter; a close loses none (model)")
	void queueLosesNothing() {
		explore(() -> {
			GreenQueue<Integer> queue = new GreenQueue<>(1);
			AtomicInteger got = new AtomicInteger();
			Thread putter = start(() -> {
				queue.put(1);
				queue.put(2);
				queue.close();
			});
			Thread getter = start(() -> take(queue, got));
			take(queue, got);
			putter.join();
			getter.join();
			check(got.get() == 3, "got " + got);
		});
	}

	private static void take(GreenQueue<Integer> queue, AtomicInteger got) throws InterruptedException {
		try {
			int before = 0;
			while (true) {
				int item = queue.take();
				check(item > before, item + " after " + before);
				before = item;
				got.addAndGet(item);
			}
		}
		catch (QueueClosedException end) {
			// All is taken.
		}
	}

	@Test
	@DisplayName("P02 never more threads in a pool than its size, each gets in, and each slot comes back once (model)")
	void slotsComeBack() {
		explore(10, () -> {
			GreenPool pool = new GreenPool.Builder(GreenScheduler.builder().build(), "model").size(1).build();
			AtomicInteger inside = new AtomicInteger();
			Thread one = start(() -> visit(pool, inside));
			Thread two = start(() -> visit(pool, inside));
			visit(pool, inside);
			one.join();
			two.join();
			check(pool.free() == 1 && pool.queued() == 0, pool.free() + " free, " + pool.queued() + " in line");
		});
	}

	private static void visit(GreenPool pool, AtomicInteger inside) throws InterruptedException {
		try (Slot slot = pool.enter(LONG)) {
			check(inside.incrementAndGet() == 1, "two in one slot");
			inside.decrementAndGet();
		}
	}

}
