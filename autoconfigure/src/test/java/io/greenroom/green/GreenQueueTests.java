package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/** Queues: bounds, fairness, closing, counting. */
@Timeout(60)
@CloseSchedulers
class GreenQueueTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	@Test
	@DisplayName("Q01 size 1: a second put that does not block is rejected, and a get on empty")
	void offerWhenFullReturnsFalse() throws Exception {
		GreenQueue<String> queue = new GreenQueue<>(1);
		assertThat(queue.poll()).isNull();
		assertThat(queue.tryTake(Duration.ZERO)).isNull();
		assertThat(queue.offer("a")).isTrue();
		assertThat(queue.offer("b")).isFalse();
		assertThat(queue.tryPut("b", Duration.ZERO)).isFalse();
		assertThat(queue.tryPut("b", Duration.ofMillis(5))).isFalse();
		assertThat(queue.size()).isOne();
		assertThat(queue.remaining()).isZero();
		assertThat(queue.poll()).isEqualTo("a");
		assertThat(queue.tryTake(Duration.ofMillis(5))).isNull();
		assertThat(queue.remaining()).isOne();
		assertThat(queue.waiting()).isZero();
	}

	@Test
	@DisplayName("Q02 size 2: a producer of 3 stops after 2 and goes on after one get")
	void producerStopsWhenFull() throws Exception {
		GreenQueue<Integer> queue = new GreenQueue<>(2);
		AtomicInteger put = new AtomicInteger();
		GreenThread<Void> producer = this.scheduler.spawn(() -> {
			for (int i = 1; i <= 3; i++) {
				queue.put(i);
				put.set(i);
			}
		});
		waiting(queue, 1);
		assertThat(put).hasValue(2);
		assertThat(queue.size()).isEqualTo(2);
		assertThat(queue.take()).isEqualTo(1);
		assertThat(producer.join(LONG)).isTrue();
		assertThat(put).hasValue(3);
		assertThat(queue.take()).isEqualTo(2);
		assertThat(queue.take()).isEqualTo(3);
	}

	@Test
	@DisplayName("Q03 Q12 four waiting getters get one item each, in the order of their arrival")
	void gettersAreServedInOrderOfArrival() throws Exception {
		GreenQueue<Integer> queue = new GreenQueue<>(1);
		List<GreenThread<Integer>> getters = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			getters.add(this.scheduler.spawn(queue::take));
			waiting(queue, i + 1);
		}
		for (int i = 0; i < 4; i++) {
			assertThat(queue.offer(i)).isTrue();
		}
		for (int i = 0; i < 4; i++) {
			assertThat(getters.get(i).get(LONG)).isEqualTo(i);
		}
		assertThat(queue.size()).isZero();
	}

	@Test
	@DisplayName("Q12 blocked putters are served in the order of their arrival, and nobody overtakes them")
	void puttersAreServedInOrderOfArrival() throws Exception {
		GreenQueue<Integer> queue = new GreenQueue<>(1);
		queue.put(0);
		List<GreenThread<Void>> putters = new ArrayList<>();
		for (int i = 1; i <= 4; i++) {
			int item = i;
			putters.add(this.scheduler.spawn(() -> queue.put(item)));
			waiting(queue, i);
		}
		for (int i = 0; i <= 4; i++) {
			assertThat(queue.offer(99)).as("overtaking").isFalse();
			assertThat(queue.poll()).isEqualTo(i);
		}
		for (GreenThread<Void> putter : putters) {
			assertThat(putter.join(LONG)).isTrue();
		}
		assertThat(queue.size()).isZero();
	}

	@Test
	@DisplayName("Q04 a getter that timed out or was interrupted never eats the next item")
	void getterThatGaveUpEatsNothing() throws Exception {
		GreenQueue<String> queue = new GreenQueue<>(1);
		assertThat(queue.tryTake(Duration.ofMillis(5))).isNull();
		GreenThread<String> getter = this.scheduler.spawn(queue::take);
		waiting(queue, 1);
		getter.kill();
		assertThat(getter.join(LONG)).isTrue();
		assertThat(queue.waiting()).isZero();
		queue.put("a");
		assertThat(queue.poll()).isEqualTo("a");
		Thread.currentThread().interrupt();
		queue.offer("b");
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(queue::take);
		assertThat(queue.poll()).isEqualTo("b");
	}

	@Test
	@DisplayName("Q05 two getters wait, one dies, one put: the live one gets it, also when the put comes at once")
	void livingGetterGetsTheItem() throws Exception {
		for (int round = 0; round < 1000; round++) {
			GreenQueue<String> queue = new GreenQueue<>(1);
			GreenThread<String> dying = this.scheduler.spawn(queue::take);
			waiting(queue, 1);
			GreenThread<String> living = this.scheduler.spawn(queue::take);
			waiting(queue, 2);
			dying.kill();
			queue.put("x");
			assertThat(living.get(LONG)).isEqualTo("x");
			assertThat(dying.join(LONG)).isTrue();
			assertThat(dying.value()).isNull();
		}
	}

	@Test
	@DisplayName("Q05 an item that its getter gives back goes to the head")
	void itemGivenBackGoesToTheHead() throws Exception {
		for (int round = 0; round < 1000; round++) {
			GreenQueue<Integer> queue = new GreenQueue<>(2);
			GreenThread<Integer> dying = this.scheduler.spawn(queue::take);
			waiting(queue, 1);
			dying.kill();
			queue.put(1);
			queue.put(2);
			assertThat(dying.join(LONG)).isTrue();
			assertThat(queue.take()).isEqualTo(1);
			assertThat(queue.take()).isEqualTo(2);
		}
	}

	@Test
	@DisplayName("Q04 a putter that gave up puts nothing")
	void putterThatGaveUpPutsNothing() throws Exception {
		GreenQueue<Integer> queue = new GreenQueue<>(1);
		queue.put(1);
		assertThat(queue.tryPut(2, Duration.ofMillis(5))).isFalse();
		GreenThread<Void> putter = this.scheduler.spawn(() -> queue.put(3));
		waiting(queue, 1);
		putter.kill();
		assertThat(putter.join(LONG)).isTrue();
		queue.put(queue.take() + 10);
		assertThat(queue.take()).isEqualTo(11);
		assertThat(queue.poll()).isNull();
	}

	@Test
	@DisplayName("Q09 join returns at zero; one taskDone too many is an error")
	void joinWaitsForTheTasks() throws Exception {
		GreenQueue<Integer> queue = new GreenQueue<>(10);
		queue.join();
		queue.put(1);
		queue.put(2);
		assertThat(queue.join(Duration.ZERO)).isFalse();
		queue.take();
		queue.taskDone();
		queue.take();
		assertThat(queue.size()).isZero();
		assertThat(queue.join(Duration.ofMillis(5))).isFalse();
		GreenThread<Void> joiner = this.scheduler.spawn(() -> queue.join());
		queue.taskDone();
		assertThat(joiner.join(LONG)).isTrue();
		assertThat(queue.join(Duration.ZERO)).isTrue();
		assertThatIllegalStateException().isThrownBy(queue::taskDone).withMessageContaining("more often");
	}

	@Test
	@DisplayName("Q09 items handed straight to waiting getters, and those of blocked putters, count too")
	void everyItemCounts() throws Exception {
		GreenQueue<Integer> queue = new GreenQueue<>(1);
		GreenThread<Integer> getter = this.scheduler.spawn(queue::take);
		waiting(queue, 1);
		queue.put(1);
		getter.join();
		queue.put(2);
		GreenThread<Void> putter = this.scheduler.spawn(() -> queue.put(3));
		waiting(queue, 1);
		queue.take();
		putter.join();
		queue.take();
		queue.taskDone();
		queue.taskDone();
		assertThat(queue.join(Duration.ZERO)).isFalse();
		queue.taskDone();
		assertThat(queue.join(Duration.ZERO)).isTrue();
	}

	@Test
	@DisplayName("Q10 a closed queue rejects puts; gets drain it and then end")
	void closedQueueDrainsAndEnds() throws Exception {
		GreenQueue<Integer> queue = new GreenQueue<>(2);
		queue.put(1);
		queue.put(2);
		GreenThread<Void> putter = this.scheduler.spawn(() -> queue.put(3));
		watched(putter);
		waiting(queue, 1);
		queue.close();
		queue.close();
		assertThat(putter.join(LONG)).isTrue();
		assertThat(putter.exception()).isInstanceOf(QueueClosedException.class);
		assertThat(queue.isClosed()).isTrue();
		assertThat(queue.remaining()).isZero();
		assertThatExceptionOfType(QueueClosedException.class).isThrownBy(() -> queue.offer(4));
		assertThatExceptionOfType(QueueClosedException.class).isThrownBy(() -> queue.put(4));
		assertThatExceptionOfType(QueueClosedException.class).isThrownBy(() -> queue.tryPut(4, LONG));
		assertThat(queue.take()).isEqualTo(1);
		assertThat(queue.poll()).isEqualTo(2);
		assertThatExceptionOfType(QueueClosedException.class).isThrownBy(queue::take);
		assertThatExceptionOfType(QueueClosedException.class).isThrownBy(queue::poll);
		assertThatExceptionOfType(QueueClosedException.class).isThrownBy(() -> queue.tryTake(LONG));
	}

	@Test
	@DisplayName("Q10 closing wakes getters who wait")
	void closingWakesGetters() throws Exception {
		GreenQueue<Integer> queue = new GreenQueue<>(2);
		List<GreenThread<Integer>> getters = List.of(this.scheduler.spawn(queue::take),
				this.scheduler.spawn(() -> queue.tryTake(LONG)));
		getters.forEach(GreenQueueTests::watched);
		waiting(queue, 2);
		queue.close();
		for (GreenThread<Integer> getter : getters) {
			assertThatExceptionOfType(QueueClosedException.class).isThrownBy(getter::get);
		}
	}

	@Test
	@DisplayName("Q10 an immediate close wakes everyone, also who joins, and returns what is left")
	void closeNowWakesEveryone() throws Exception {
		GreenQueue<Integer> queue = new GreenQueue<>(2);
		queue.put(1);
		queue.put(2);
		GreenThread<Void> putter = this.scheduler.spawn(() -> queue.put(3));
		GreenThread<Void> joiner = this.scheduler.spawn(() -> queue.join());
		watched(putter);
		waiting(queue, 1);
		assertThat(queue.closeNow()).containsExactly(1, 2);
		assertThat(queue.closeNow()).isEmpty();
		assertThatExceptionOfType(QueueClosedException.class).isThrownBy(putter::get);
		assertThat(joiner.join(LONG)).isTrue();
		assertThatExceptionOfType(QueueClosedException.class).isThrownBy(queue::poll);
	}

	@Test
	@DisplayName("Q10 loops over a queue share its items and end when it is closed and empty")
	void loopsShareTheItemsAndEnd() throws Exception {
		GreenQueue<Integer> queue = new GreenQueue<>(3);
		ConcurrentLinkedQueue<Integer> seen = new ConcurrentLinkedQueue<>();
		List<GreenThread<Void>> consumers = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			consumers.add(this.scheduler.spawn(() -> queue.forEach(seen::add)));
		}
		try (queue) {
			for (int i = 0; i < 100; i++) {
				queue.put(i);
			}
		}
		for (GreenThread<Void> consumer : consumers) {
			consumer.get(LONG);
		}
		assertThat(seen).hasSize(100).doesNotHaveDuplicates();
		Iterator<Integer> past = queue.iterator();
		assertThat(past.hasNext()).isFalse();
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(past::next);
	}

	@Test
	@DisplayName("Q10 an interrupt in a loop is no end of the queue")
	void interruptedLoopIsCancelled() {
		GreenQueue<Integer> queue = new GreenQueue<>(3);
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> queue.iterator().hasNext());
		assertThat(Thread.interrupted()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, -1 })
	void capacityBelowOneIsAnError(int capacity) {
		assertThatIllegalArgumentException().isThrownBy(() -> new GreenQueue<>(capacity))
			.withMessageContaining("capacity")
			.withMessageContaining(String.valueOf(capacity));
	}

	@Test
	@SuppressWarnings("NullAway")
	void nullItemsAndNegativeLimitsAreErrors() {
		GreenQueue<Integer> queue = new GreenQueue<>(1);
		assertThatNullPointerException().isThrownBy(() -> queue.put(null)).withMessageContaining("item");
		assertThatNullPointerException().isThrownBy(() -> queue.offer(null));
		Duration negative = Duration.ofMillis(-1);
		assertThatIllegalArgumentException().isThrownBy(() -> queue.tryPut(1, negative)).withMessageContaining("limit");
		assertThatIllegalArgumentException().isThrownBy(() -> queue.tryTake(negative)).withMessageContaining("limit");
		assertThatIllegalArgumentException().isThrownBy(() -> queue.join(negative)).withMessageContaining("limit");
		assertThat(queue.capacity()).isOne();
		assertThat(queue).hasToString("GreenQueue[0 of 1]");
	}

	/** Keeps a failure that the test expects out of the log. */
	private static void watched(GreenThread<?> thread) {
		thread.link((_) -> {
		});
	}

	private static void waiting(GreenQueue<?> queue, int number) {
		Until.until(number + " waiting", () -> queue.waiting() == number);
	}

}
