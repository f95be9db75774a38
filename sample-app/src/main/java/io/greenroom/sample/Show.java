package io.greenroom.sample;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a show, which is immutable and may leave the box office.
 *
 * @param id the name used in addresses
 * @param title the title for people
 * @param state the current state of its performance
 * @param moves the moves that can be requested in that state
 * @param seats all seats, in the order of the house
 */
record Show(String id, String title, String state, List<String> moves, List<Seat> seats) {

	/** Five rows of ten. */
	static final List<String> SEATS = Stream.of("A", "B", "C", "D", "E")
		.flatMap((row) -> IntStream.rangeClosed(1, 10).mapToObj((number) -> row + number))
		.toList();

	/** The moves that can be requested; "soldOut" comes with the last seat. */
	static final List<String> MOVES = List.of("announced", "onSale", "playing", "finished", "cancelled");

	long free() {
		return this.seats.stream().filter((seat) -> seat.buyer() == null).count();
	}

	/**
	 * One seat.
	 *
	 * @param seat row and number
	 * @param buyer its holder, or {@code null} while it is free
	 */
	record Seat(String seat, @Nullable String buyer) {
	}

	/**
	 * One line of the programme.
	 *
	 * @param id the name used in addresses
	 * @param title the title for people
	 * @param state the current state of its performance
	 * @param free the number of free seats
	 * @param node the node that owns it; empty if there is only one node
	 */
	record Line(String id, String title, String state, long free, String node) {
	}

	/**
	 * The content of an open page, captured at once.
	 *
	 * @param programme every show
	 * @param show the show that the page displays
	 * @param notes the latest notes, newest first
	 */
	record Picture(List<Line> programme, Show show, List<String> notes) {
	}

	/**
	 * A sold seat.
	 *
	 * @param show the show
	 * @param seat row and number
	 * @param buyer its current holder
	 */
	record Ticket(String show, String seat, String buyer) {
	}

}
