package io.greenroom.sample;

import java.util.List;

import io.greenroom.state.IllegalTransitionException;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** The box office over HTTP. Nothing in this class refers to handlers or keys. */
@RestController
class ShowController {

	private final BoxOffice boxOffice;

	private final Notebook notebook;

	ShowController(BoxOffice boxOffice, Notebook notebook) {
		this.boxOffice = boxOffice;
		this.notebook = notebook;
	}

	@GetMapping("/shows")
	List<Show.Line> programme() {
		return this.boxOffice.programme();
	}

	@GetMapping("/shows/{show}")
	Show show(@PathVariable String show) {
		return this.boxOffice.show(show);
	}

	@PostMapping("/shows/{show}/seats/{seat}")
	Show.Ticket reserve(@PathVariable String show, @PathVariable String seat, @RequestParam String buyer) {
		return this.boxOffice.reserve(show, seat, buyer);
	}

	@DeleteMapping("/shows/{show}/seats/{seat}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void release(@PathVariable String show, @PathVariable String seat, @RequestParam String buyer) {
		this.boxOffice.release(show, seat, buyer);
	}

	@PostMapping("/shows/{show}/moves/{state}")
	Show.Line move(@PathVariable String show, @PathVariable String state) {
		return this.boxOffice.move(show, state);
	}

	/**
	 * The machine draws itself, with its current state and the number of times that each
	 * move was made.
	 */
	@GetMapping(path = "/shows/{show}/diagram", produces = "image/svg+xml;charset=UTF-8")
	String diagram(@PathVariable String show) {
		return this.boxOffice.diagram(show);
	}

	@PostMapping("/notes")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void note(@RequestParam String text) {
		this.notebook.note(text);
	}

	@ExceptionHandler
	ProblemDetail illegal(IllegalTransitionException rejected) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, rejected.getMessage());
		problem.setTitle("Illegal move");
		problem.setProperty("from", rejected.from());
		problem.setProperty("to", rejected.to());
		problem.setProperty("legal", rejected.legal());
		return problem;
	}

}
