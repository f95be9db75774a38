package io.greenroom.sample;

import java.io.Serial;
import java.util.Collection;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * A rejection by the box office: what was asked, what was found, what to do. It passes
 * through the handler to the caller unchanged, and Spring MVC answers with it. On another
 * node it is made anew from its properties, which the constructor takes.
 */
final class Rejection extends ErrorResponseException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final HttpStatus status;

	private final String title;

	private final String detail;

	private Rejection(HttpStatus status, String title, String detail) {
		super(status, problem(status, title, detail), null);
		this.status = status;
		this.title = title;
		this.detail = detail;
	}

	HttpStatus status() {
		return this.status;
	}

	String title() {
		return this.title;
	}

	String detail() {
		return this.detail;
	}

	private static ProblemDetail problem(HttpStatus status, String title, String detail) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
		problem.setTitle(title);
		return problem;
	}

	static Rejection unknownShow(String show, Collection<String> known) {
		return new Rejection(HttpStatus.NOT_FOUND, "Unknown show",
				"There is no show '%s'. On the programme: %s.".formatted(show, String.join(", ", known)));
	}

	static Rejection unknownSeat(String show, String seat, String first, String last) {
		return new Rejection(HttpStatus.NOT_FOUND, "Unknown seat",
				"Show '%s' has no seat '%s'. Ask for one from %s to %s.".formatted(show, seat, first, last));
	}

	static Rejection unknownMove(String move, Collection<String> known) {
		return new Rejection(HttpStatus.NOT_FOUND, "Unknown move",
				"The move '%s' can't be requested. Use one of: %s.".formatted(move, String.join(", ", known)));
	}

	static Rejection noBuyer() {
		return new Rejection(HttpStatus.BAD_REQUEST, "No buyer",
				"A ticket needs a buyer, and the name is empty. Add ?buyer=Ann to the address.");
	}

	static Rejection taken(String show, String seat, String holder) {
		return new Rejection(HttpStatus.CONFLICT, "Seat taken",
				"Seat %s of '%s' belongs to %s. Ask for a free one.".formatted(seat, show, holder));
	}

	static Rejection notOnSale(String show, String seat, String state) {
		return new Rejection(HttpStatus.CONFLICT, "Not on sale",
				"Seat %s of '%s' can't change hands: the performance is in state '%s'. Ask while it is 'onSale'."
					.formatted(seat, show, state));
	}

	static Rejection soldOut(String show) {
		return new Rejection(HttpStatus.CONFLICT, "Sold out",
				"There is no seat of '%s' to put on sale. Release one, and the sale continues by itself."
					.formatted(show));
	}

	static Rejection notYours(String show, String seat, String buyer) {
		return new Rejection(HttpStatus.CONFLICT, "Not your seat",
				"Seat %s of '%s' does not belong to %s, who can't release it. Release it in its holder's name."
					.formatted(seat, show, buyer));
	}

}
