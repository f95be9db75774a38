package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Every way a wait in a queue can end, raced: no item is lost, none comes twice. */
@Tag("stress")
@Timeout(120)
@CloseSchedulers
class GreenQueueRaceTests {

	private static final int ITEMS = 40_000;

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(20)).build();

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 7 })
	@DisplayName("Q04 Q05 40 000 items among getters that time out and are interrupted: each arrives once")
	void everyItemArrivesOnce(int capacity) throws Exception {
		GreenQueue<Integer> queue = new GreenQueue<>(capacity);
		AtomicIntegerArray seen = new AtomicIntegerArray(ITEMS);
		AtomicInteger next = new AtomicInteger();
		List<Thread> producers = new ArrayList<>();
		List<Thread> consumers = Collections.synchronizedList(new ArrayList<>());
		for (int i = 0; i < 4; i++) {
			producers.add(Thread.startVirtualThread(() -> produce(queue, next)));
			consumers.add(Thread.startVirtualThread(() -> consume(queue, seen)));
		}
		Thread disturber = Thread.ofPlatform().start(() -> {
			while (!Thread.currentThread().isInterrupted()) {
				consumers.get(ThreadLocalRandom.current().nextInt(4)).interrupt();
				producers.get(ThreadLocalRandom.current().nextInt(4)).interrupt();
				Thread.yield();
			}
		});
		Until.ended(producers);
		queue.close();
		Until.ended(consumers);
		disturber.interrupt();
		for (int i = 0; i < ITEMS; i++) {
			assertThat(seen.get(i)).as("times item %s was seen", i).isOne();
		}
		assertThat(queue.waiting()).isZero();
		assertThat(queue.join(Duration.ZERO)).as("all counted").isTrue();
	}

	private static void produce(GreenQueue<Integer> queue, AtomicInteger next) {
		for (int item = next.getAndIncrement(); item < ITEMS; item = next.getAndIncrement()) {
			boolean in = false;
			while (!in) {
				try {
					in = queue.tryPut(item, Duration.ofNanos(ThreadLocalRandom.current().nextInt(100_000)));
				}
				catch (InterruptedException notIn) {
					// Once more: an interrupted put has put nothing.
				}
			}
		}
	}

	private static void consume(GreenQueue<Integer> queue, AtomicIntegerArray seen) {
		while (true) {
			try {
				Integer item = queue.tryTake(Duration.ofNanos(ThreadLocalRandom.current().nextInt(100_000)));
				if (item != null) {
					seen.incrementAndGet(item);
					queue.taskDone();
				}
			}
			catch (InterruptedException nothingTaken) {
				// Once more.
			}
			catch (QueueClosedException end) {
				return;
			}
		}
	}

	@Test
	@DisplayName("Q05 10 000 rounds: a getter is killed while an item comes; the other getter always gets it")
	void killedGetterNeverKeepsTheItem() throws Exception {
		GreenQueue<Integer> queue = new GreenQueue<>(1);
		for (int round = 0; round < Rounds.of(10_000); round++) {
			int item = round;
			GreenThread<Integer> dying = this.scheduler.spawn(queue::take);
			Until.until("one waiting", () -> queue.waiting() == 1);
			GreenThread<Integer> other = this.scheduler.spawn(queue::take);
			Thread putter = Thread.startVirtualThread(() -> queue.offer(item));
			dying.kill();
			putter.join();
			if (dying.join(Duration.ofSeconds(20)) && dying.isSuccessful()) {
				// The item was faster than the kill.
				assertThat(dying.value()).isEqualTo(item);
				queue.put(item);
			}
			assertThat(other.get(Duration.ofSeconds(20))).isEqualTo(item);
			assertThat(queue.size()).isZero();
		}
	}

	@Test
	@DisplayName("Q10 10 000 rounds of closing while one puts and one takes: the item arrives, is rejected or is left")
	void closingLosesNothing() throws Exception {
		for (int round = 0; round < Rounds.of(10_000); round++) {
			GreenQueue<Integer> queue = new GreenQueue<>(1);
			AtomicInteger in = new AtomicInteger();
			AtomicInteger out = new AtomicInteger();
			Thread putter = Thread.startVirtualThread(() -> {
				try {
					in.addAndGet(queue.offer(1) ? 1 : 0);
				}
				catch (QueueClosedException rejected) {
					// Neither in nor out.
				}
			});
			Thread getter = Thread.startVirtualThread(() -> queue.forEach(out::addAndGet));
			int left = queue.closeNow().size();
			Until.ended(List.of(putter, getter));
			assertThat(out.get() + left).as("round %s", round).isEqualTo(in.get());
		}
	}

}
