package io.greenroom.sample;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A show as it was when somebody asked: immutable, free to leave the box office.
 *
 * @param id the name used in addresses
 * @param title the name for people
 * @param state where its performance is in its life
 * @param moves the moves one can ask for from there
 * @param seats every seat, in the order of the house
 */
record Show(String id, String title, String state, List<String> moves, List<Seat> seats) {

	/** Five rows of ten. */
	static final List<String> SEATS = Stream.of("A", "B", "C", "D", "E")
		.flatMap((row) -> IntStream.rangeClosed(1, 10).mapToObj((number) -> row + number))
		.toList();

	/** The moves one can ask for; "soldOut" comes with the last seat. */
	static final List<String> MOVES = List.of("announced", "onSale", "playing", "finished", "cancelled");

	long free() {
		return this.seats.stream().filter((seat) -> seat.buyer() == null).count();
	}

	/**
	 * One seat.
	 *
	 * @param seat row and number
	 * @param buyer who holds it; nobody while it is free
	 */
	record Seat(String seat, @Nullable String buyer) {
	}

	/**
	 * One line of the programme.
	 *
	 * @param id the name used in addresses
	 * @param title the name for people
	 * @param state where its performance is in its life
	 * @param free how many seats nobody holds
	 * @param node the node that has it now; empty where there is only one
	 */
	record Line(String id, String title, String state, long free, String node) {
	}

	/**
	 * What an open page shows, taken in one go.
	 *
	 * @param programme every show
	 * @param show the show the page is looking at
	 * @param notes the last notes, newest first
	 */
	record Picture(List<Line> programme, Show show, List<String> notes) {
	}

	/**
	 * A sold seat.
	 *
	 * @param show the show
	 * @param seat row and number
	 * @param buyer who holds it now
	 */
	record Ticket(String show, String seat, String buyer) {
	}

}
