package io.greenroom.sample;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.durable.Durable;
import io.greenroom.durable.Stored;
import io.greenroom.keyed.Key;
import io.greenroom.sample.Show.Ticket;
import io.greenroom.state.State;
import io.greenroom.state.StateClass;
import io.greenroom.state.StateDescriptor;
import io.greenroom.state.StateMachines;

import org.springframework.stereotype.Component;

/**
 * One performance: its seats, and its life from the announcement to the last curtain.
 * Each show has an instance, and one row in the database, which survives the application.
 * Methods run one at a time, so two buyers never get the same seat, and a sale is stored
 * before the buyer receives the answer. A state is a method, and calling the next one
 * leaves the current one.
 */
@Component
@DeferredHandler
@Durable
class Performance {

	/** The declared moves of a performance by state. */
	private static final Map<String, List<String>> TABLE = StateClass.of(Performance.class)
		.states()
		.stream()
		.collect(Collectors.toMap(StateDescriptor::name, StateDescriptor::transitionsTo));

	private final String show;

	private final String title;

	private final String node;

	private final StateMachines machines;

	private final LiveFeed feed;

	@Stored
	private Map<String, String> sold = new HashMap<>();

	Performance(@Key String show, BoxOfficeProperties properties, StateMachines machines, LiveFeed feed) {
		this.show = show;
		this.title = properties.title(show);
		this.node = properties.node();
		this.machines = machines;
		this.feed = feed;
	}

	@State(initial = true, restart = true, transitionsTo = { "onSale", "cancelled" })
	void announced(boolean openAtOnce) {
		this.sold.clear();
		this.feed.changed();
		if (openAtOnce) {
			onSale(); // does not return: this state ends here
		}
	} // rests here, without a thread, until onSale() or cancelled() is called

	@State(transitionsTo = { "soldOut", "playing", "cancelled" })
	void onSale() {
		this.feed.changed();
	}

	@State(transitionsTo = { "onSale", "playing", "cancelled" })
	void soldOut() {
		this.feed.changed();
	}

	@State(transitionsTo = "finished", timeout = "20s", onTimeout = "finished")
	void playing() {
		this.feed.changed();
	} // finished() follows after 20 seconds, even after a restart

	@State
	void finished() {
		this.feed.changed();
	}

	@State
	void cancelled() {
		this.feed.changed();
	}

	Ticket reserve(String seat, String buyer) {
		String holder = this.sold.get(seat);
		if (holder != null) {
			throw Rejection.taken(this.show, seat, holder);
		}
		if (!state().equals("onSale")) {
			throw Rejection.notOnSale(this.show, seat, state());
		}
		this.sold.put(seat, buyer);
		if (isFull()) {
			soldOut(); // the last seat moves the performance
		}
		return new Ticket(this.show, seat, buyer);
	} // stored before the buyer receives the ticket

	void release(String seat, String buyer) {
		if (!state().equals("onSale") && !state().equals("soldOut")) {
			throw Rejection.notOnSale(this.show, seat, state());
		}
		boolean full = isFull();
		if (!this.sold.remove(seat, buyer)) {
			throw Rejection.notYours(this.show, seat, buyer);
		}
		if (full) {
			onSale(); // and the first returned seat moves it again
		}
	}

	/** Makes the move if it is declared; otherwise the machine rejects it. */
	void move(String to) {
		switch (to) {
			case "announced" -> announced(false); // a new run, after the last one has
													// ended
			case "onSale" -> {
				if (isFull()) {
					throw Rejection.soldOut(this.show);
				}
				onSale();
			}
			case "playing" -> playing();
			case "finished" -> finished();
			case "cancelled" -> cancelled();
			default -> throw Rejection.unknownMove(to, Show.MOVES);
		}
	}

	@ReadOnly
	Show.Line line() {
		return new Show.Line(this.show, this.title, state(), Show.SEATS.size() - this.sold.size(), this.node);
	}

	@ReadOnly
	Show show() {
		List<Show.Seat> seats = Show.SEATS.stream().map((seat) -> new Show.Seat(seat, this.sold.get(seat))).toList();
		return new Show(this.show, this.title, state(), moves(), seats);
	}

	/** A picture as text, which can travel to another node. */
	@ReadOnly
	String diagram() {
		return this.machines.of(this).diagram().svg();
	}

	/** In a state without targets, the machine has ended and may start again. */
	private List<String> moves() {
		List<String> declared = TABLE.getOrDefault(state(), List.of());
		return declared.isEmpty() ? List.of("announced") : declared.stream().filter(this::canBeAsked).toList();
	}

	private boolean canBeAsked(String move) {
		return Show.MOVES.contains(move) && !(move.equals("onSale") && isFull());
	}

	private boolean isFull() {
		return this.sold.size() == Show.SEATS.size();
	}

	private String state() {
		return Objects.requireNonNull(this.machines.of(this).current(), "the box office has announced every show");
	}

}
