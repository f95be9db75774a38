package io.greenroom.sample;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

import io.greenroom.green.GreenScheduler;
import io.greenroom.state.IllegalTransitionException;
import org.jspecify.annotations.Nullable;

import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * What the page asks for. A rejection that a user can bring about is an ordinary answer
 * here, because a browser reports every 4xx as an error in its console. Other programs
 * use {@link ShowController}.
 */
@RestController
@RequestMapping("/page/{show}")
class PageController {

	private static final int BUYERS = 200;

	private final BoxOffice boxOffice;

	private final GreenScheduler scheduler;

	PageController(BoxOffice boxOffice, GreenScheduler scheduler) {
		this.boxOffice = boxOffice;
		this.scheduler = scheduler;
	}

	@PostMapping("/seats/{seat}")
	Outcome reserve(@PathVariable String show, @PathVariable String seat, @RequestParam String buyer) throws Exception {
		return outcome(() -> this.boxOffice.reserve(show, seat, buyer));
	}

	@DeleteMapping("/seats/{seat}")
	Outcome release(@PathVariable String show, @PathVariable String seat, @RequestParam String buyer) throws Exception {
		return outcome(() -> {
			this.boxOffice.release(show, seat, buyer);
			return seat;
		});
	}

	@PostMapping("/moves/{state}")
	Outcome move(@PathVariable String show, @PathVariable String state) throws Exception {
		return outcome(() -> this.boxOffice.move(show, state));
	}

	/** 200 buyers, four for each seat, all at once. */
	@PostMapping("/rush")
	Rush rush(@PathVariable String show) throws InterruptedException {
		this.boxOffice.show(show); // fails for an unknown show
		List<@Nullable Outcome> outcomes = this.scheduler.group()
			.map(IntStream.range(0, BUYERS).boxed().toList(),
					(buyer) -> reserve(show, Show.SEATS.get(buyer % Show.SEATS.size()), "Buyer " + (buyer + 1)));
		List<String> rejected = outcomes.stream()
			.map(Objects::requireNonNull)
			.map(Outcome::rejected)
			.filter((title) -> !title.isEmpty())
			.toList();
		return new Rush(BUYERS - rejected.size(), rejected.size(), rejected.contains("Not on sale"));
	}

	/** Returns every seat, in the name of its holder. */
	@DeleteMapping("/seats")
	Outcome releaseAll(@PathVariable String show) throws Exception {
		Outcome last = new Outcome("", "");
		for (Show.Seat seat : this.boxOffice.show(show).seats()) {
			String buyer = seat.buyer();
			if (buyer != null) {
				last = release(show, seat.seat(), buyer);
			}
		}
		return last;
	}

	private static Outcome outcome(Callable<?> work) throws Exception {
		try {
			work.call();
			return new Outcome("", "");
		}
		catch (Rejection rejection) {
			return new Outcome(rejection.title(), rejection.detail());
		}
		catch (IllegalTransitionException illegal) {
			return new Outcome("Illegal move", Objects.requireNonNullElse(illegal.getMessage(), ""));
		}
	}

	/**
	 * What has come of a request.
	 *
	 * @param rejected the title of the rejection; empty if there was none
	 * @param detail what the caller of the method was told; empty if there was no
	 * rejection
	 */
	record Outcome(String rejected, String detail) {
	}

	/**
	 * What has come of a rush.
	 *
	 * @param served how many buyers have got their seat
	 * @param tooLate how many have not
	 * @param closed whether some have not because the seats were not on sale
	 */
	record Rush(int served, int tooLate, boolean closed) {
	}

}
