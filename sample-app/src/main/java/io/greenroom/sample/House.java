package io.greenroom.sample;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.greenroom.state.StateClass;
import io.greenroom.state.StateDescriptor;
import io.greenroom.state.StateDiagram;
import io.greenroom.state.StateMachine;

/** The seats of one show and its performance. Never leaves the box office. */
final class House {

	/** Five rows of ten. */
	static final List<String> SEATS = Stream.of("A", "B", "C", "D", "E")
		.flatMap((row) -> IntStream.rangeClosed(1, 10).mapToObj((number) -> row + number))
		.toList();

	/** The moves one can ask for; "soldOut" comes with the last seat. */
	static final List<String> MOVES = List.of("announced", "onSale", "playing", "finished", "cancelled");

	/** Where a performance may go from each state, as its class declares it. */
	private static final Map<String, List<String>> TABLE = StateClass.of(Performance.class)
		.states()
		.stream()
		.collect(Collectors.toMap(StateDescriptor::name, StateDescriptor::transitionsTo));

	/** How long a move may take on a machine that has much to do. */
	private static final Duration LIMIT = Duration.ofSeconds(5);

	final String id;

	final String title;

	final Performance performance;

	final Map<String, String> sold = new HashMap<>();

	private final StateMachine machine;

	House(String id, String title, Performance performance, StateMachine machine) {
		this.id = id;
		this.title = title;
		this.performance = performance;
		this.machine = machine;
	}

	boolean isFull() {
		return this.sold.size() == SEATS.size();
	}

	String state() {
		return Objects.requireNonNull(this.machine.current(), "the box office has announced every show");
	}

	/** The call of a state returns at once; this waits until the move is made. */
	void await(String state) {
		try {
			this.machine.awaitState(state, LIMIT);
		}
		catch (InterruptedException shutdown) {
			Thread.currentThread().interrupt();
		}
	}

	/** Lets a body end that is about to: each is short, but for the play itself. */
	void settle() {
		try {
			if (!state().equals("playing")) {
				this.machine.awaitRest(LIMIT);
			}
		}
		catch (InterruptedException shutdown) {
			Thread.currentThread().interrupt();
		}
	}

	void requireSeat(String seat) {
		if (!SEATS.contains(seat)) {
			throw Rejection.unknownSeat(this.id, seat, SEATS.getFirst(), SEATS.getLast());
		}
	}

	StateDiagram diagram() {
		return this.machine.diagram();
	}

	Show.Line line() {
		return new Show.Line(this.id, this.title, state(), SEATS.size() - this.sold.size());
	}

	Show show() {
		List<Show.Seat> seats = SEATS.stream().map((seat) -> new Show.Seat(seat, this.sold.get(seat))).toList();
		return new Show(this.id, this.title, state(), moves(), seats);
	}

	/** From a state without targets the machine has ended, and may start anew. */
	private List<String> moves() {
		List<String> declared = TABLE.getOrDefault(state(), List.of());
		return declared.isEmpty() ? List.of("announced") : declared.stream().filter(this::canBeAsked).toList();
	}

	private boolean canBeAsked(String move) {
		return MOVES.contains(move) && !(move.equals("onSale") && isFull());
	}

}
