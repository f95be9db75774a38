package io.greenroom.sample.race;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;

import io.greenroom.green.GreenScheduler;
import io.greenroom.web.RunInPool;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Sends two hundred buyers to each of two new desks, and counts their tickets. */
@RestController
class RaceController {

	private static final int BUYERS = 200;

	private final ObjectProvider<Desk.Guarded> guarded;

	private final ObjectProvider<Desk.Plain> plain;

	private final GreenScheduler scheduler;

	RaceController(ObjectProvider<Desk.Guarded> guarded, ObjectProvider<Desk.Plain> plain, GreenScheduler scheduler) {
		this.guarded = guarded;
		this.plain = plain;
		this.scheduler = scheduler;
	}

	@PostMapping("/race")
	@RunInPool("race")
	Race race() throws InterruptedException {
		return new Race(BUYERS, sale(this.guarded.getObject()), sale(this.plain.getObject()));
	}

	private Sale sale(Desk desk) throws InterruptedException {
		CyclicBarrier door = new CyclicBarrier(BUYERS);
		long start = System.nanoTime();
		List<@Nullable Boolean> answers = this.scheduler.group()
			.map(IntStream.range(0, BUYERS).boxed().toList(), (buyer) -> {
				door.await(); // all of them at once
				return desk.sell(seat(buyer));
			});
		long millis = (System.nanoTime() - start) / 1_000_000;
		int[] tickets = new int[Desk.SEATS];
		for (int buyer = 0; buyer < BUYERS; buyer++) {
			if (Objects.requireNonNull(answers.get(buyer))) {
				tickets[seat(buyer)]++;
			}
		}
		return new Sale(IntStream.of(tickets).boxed().toList(), millis);
	}

	/** Neighbours want the same seat. */
	private static int seat(int buyer) {
		return buyer * Desk.SEATS / BUYERS;
	}

	/**
	 * One race.
	 *
	 * @param buyers how many there were at each desk
	 * @param guarded the sale of the handler
	 * @param plain the sale of the same code without the annotation
	 */
	record Race(int buyers, Sale guarded, Sale plain) {
	}

	/**
	 * What a desk has sold.
	 *
	 * @param tickets the number of tickets of each seat, of which one is right
	 * @param millis how long all buyers took
	 */
	record Sale(List<Integer> tickets, long millis) {
	}

}
