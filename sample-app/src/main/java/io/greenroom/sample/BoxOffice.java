package io.greenroom.sample;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.sample.Show.Ticket;
import io.greenroom.state.StateDiagram;
import io.greenroom.state.StateMachines;

import org.springframework.stereotype.Service;

/**
 * Sells the seats of every show. It has many callers and plain maps: the methods of a
 * handler run one at a time, so two buyers never get one seat. What leaves it is
 * immutable; its own collections stay inside.
 */
@Service
@DeferredHandler
class BoxOffice {

	private static final int NOTES = 50;

	private final Map<String, House> houses = new LinkedHashMap<>();

	private final Deque<String> notes = new ArrayDeque<>();

	private final LiveFeed feed;

	BoxOffice(BoxOfficeProperties properties, StateMachines machines, Stage stage, LiveFeed feed) {
		this.feed = feed;
		properties.shows().forEach((id, programme) -> {
			Performance performance = machines.create(Performance.class, id, stage, feed);
			House house = new House(id, programme.title(), performance, machines.of(performance));
			this.houses.put(id, house);
			performance.announced(programme.openAtOnce());
			house.await(programme.openAtOnce() ? "onSale" : "announced");
		});
	}

	Ticket reserve(String show, String seat, String buyer) {
		House house = house(show);
		house.requireSeat(seat);
		if (buyer.isBlank()) {
			throw Rejection.noBuyer();
		}
		String holder = house.sold.get(seat);
		if (holder != null) {
			throw Rejection.taken(show, seat, holder);
		}
		if (!house.state().equals("onSale")) {
			throw Rejection.notOnSale(show, seat, house.state());
		}
		house.sold.put(seat, buyer);
		if (house.isFull()) {
			house.performance.soldOut(); // the last seat moves the performance
			house.await("soldOut");
		}
		note("%s: %s took %s".formatted(house.title, buyer, seat));
		return new Ticket(show, seat, buyer);
	}

	void release(String show, String seat, String buyer) {
		House house = house(show);
		house.requireSeat(seat);
		if (!house.state().equals("onSale") && !house.state().equals("soldOut")) {
			throw Rejection.notOnSale(show, seat, house.state());
		}
		boolean full = house.isFull();
		if (!house.sold.remove(seat, buyer)) {
			throw Rejection.notYours(show, seat, buyer);
		}
		if (full) {
			house.performance.onSale(); // and the first one back moves it again
			house.await("onSale");
		}
		note("%s: %s gave %s back".formatted(house.title, buyer, seat));
	}

	/** Callers of a oneway method do not wait, and it never fails them. */
	@Oneway
	void note(String text) {
		this.notes.addFirst(text);
		if (this.notes.size() > NOTES) {
			this.notes.removeLast();
		}
		this.feed.changed();
	}

	/** Asks a performance to move. The machine says no to a move that is not declared. */
	Show.Line move(String show, String to) {
		House house = house(show);
		if (to.equals("onSale") && house.isFull()) {
			throw Rejection.soldOut(show);
		}
		house.settle();
		switch (to) {
			case "announced" -> {
				house.performance.announced(false); // a new run, once the last has ended
				house.sold.clear();
			}
			case "onSale" -> house.performance.onSale();
			case "playing" -> house.performance.playing();
			case "finished" -> house.performance.finished();
			case "cancelled" -> house.performance.cancelled();
			default -> throw Rejection.unknownMove(to, House.MOVES);
		}
		house.await(to);
		note("%s: %s".formatted(house.title, house.state()));
		return house.line();
	}

	List<Show.Line> programme() {
		return this.houses.values().stream().map(House::line).toList();
	}

	Show show(String show) {
		return house(show).show();
	}

	Show.Picture picture(String show) {
		return new Show.Picture(programme(), show(show), List.copyOf(this.notes));
	}

	StateDiagram diagram(String show) {
		return house(show).diagram();
	}

	private House house(String show) {
		House house = this.houses.get(show);
		if (house == null) {
			throw Rejection.unknownShow(show, this.houses.keySet());
		}
		return house;
	}

}
