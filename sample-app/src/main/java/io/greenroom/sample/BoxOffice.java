package io.greenroom.sample;

import java.util.List;

import io.greenroom.keyed.Keyed;
import io.greenroom.sample.Show.Ticket;
import io.greenroom.state.IllegalTransitionException;

import org.springframework.stereotype.Service;

/**
 * Sells the seats of every show. Calls for one show run one at a time, and calls for
 * different shows run concurrently. All results are immutable. If the application runs on
 * several nodes, a call reaches the node that owns the show; this class is not involved.
 */
@Service
class BoxOffice {

	private final BoxOfficeProperties properties;

	private final Keyed<String, Performance> performances;

	private final Notebook notebook;

	BoxOffice(BoxOfficeProperties properties, Keyed<String, Performance> performances, Notebook notebook) {
		this.properties = properties;
		this.performances = performances;
		this.notebook = notebook;
	}

	/**
	 * Announces new shows before the first customer arrives. The others continue where
	 * they were at the last stop.
	 */
	void announce() {
		this.properties.shows().forEach((show, programme) -> {
			if (this.performances.entry(show).isEmpty()) {
				announce(show, programme.openAtOnce());
			}
		});
	}

	private void announce(String show, boolean openAtOnce) {
		try {
			this.performances.get(show).announced(openAtOnce);
		}
		catch (IllegalTransitionException announced) {
			// Another node was quicker.
		}
	}

	Ticket reserve(String show, String seat, String buyer) {
		Performance performance = performance(show);
		requireSeat(show, seat);
		if (buyer.isBlank()) {
			throw Rejection.noBuyer();
		}
		Ticket ticket = performance.reserve(seat, buyer);
		note(show, "%s took %s".formatted(buyer, seat));
		return ticket;
	}

	void release(String show, String seat, String buyer) {
		Performance performance = performance(show);
		requireSeat(show, seat);
		performance.release(seat, buyer);
		note(show, "%s gave %s back".formatted(buyer, seat));
	}

	/** Asks a performance to move. The machine rejects a move that is not declared. */
	Show.Line move(String show, String to) {
		Performance performance = performance(show);
		performance.move(to);
		Show.Line line = performance.line();
		note(show, line.state());
		return line;
	}

	List<Show.Line> programme() {
		return this.properties.shows().keySet().stream().map((show) -> performance(show).line()).toList();
	}

	Show show(String show) {
		return performance(show).show();
	}

	Show.Picture picture(String show) {
		return new Show.Picture(programme(), show(show), this.notebook.last());
	}

	String diagram(String show) {
		return performance(show).diagram();
	}

	private Performance performance(String show) {
		if (!this.properties.shows().containsKey(show)) {
			throw Rejection.unknownShow(show, this.properties.shows().keySet());
		}
		return this.performances.get(show); // a view: the first call makes the instance,
											// from its row
	}

	private static void requireSeat(String show, String seat) {
		if (!Show.SEATS.contains(seat)) {
			throw Rejection.unknownSeat(show, seat, Show.SEATS.getFirst(), Show.SEATS.getLast());
		}
	}

	private void note(String show, String what) {
		this.notebook.note("%s: %s".formatted(this.properties.title(show), what));
	}

}
