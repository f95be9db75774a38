package io.greenroom.sample;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/** The bean of the README without the distance that HTTP puts between its callers. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class CloakroomIT {

	private static final int GUESTS = 8;

	/** Enough to fail without the handler; a slow machine stops at the time. */
	private static final int COATS = 25_000;

	private static final Duration TIME = Duration.ofSeconds(1);

	@Autowired
	private Cloakroom cloakroom;

	@Test
	@DisplayName("D22 many guests, one plain counter: no ticket number is given twice, and none is left out")
	void everyTicketIsGivenOnce() throws Exception {
		int before = this.cloakroom.handIn("the first").number();
		CyclicBarrier together = new CyclicBarrier(GUESTS);
		Callable<List<Integer>> guest = () -> {
			together.await();
			long start = System.nanoTime();
			return IntStream.range(0, COATS)
				.takeWhile((coat) -> System.nanoTime() - start < TIME.toNanos())
				.mapToObj((coat) -> this.cloakroom.handIn("coat").number())
				.toList();
		};
		try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Integer> given = threads.invokeAll(IntStream.range(0, GUESTS).mapToObj((i) -> guest).toList())
				.stream()
				.map(Future::resultNow)
				.flatMap(List::stream)
				.sorted()
				.toList();
			assertThat(given).isEqualTo(IntStream.rangeClosed(before + 1, before + given.size()).boxed().toList());
		}
	}

}
