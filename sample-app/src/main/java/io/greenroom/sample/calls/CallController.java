package io.greenroom.sample.calls;

import java.util.List;

import io.greenroom.green.Deadline;
import io.greenroom.sample.calls.CallBoard.Call;
import io.greenroom.sample.calls.CallBoard.Look;
import io.greenroom.web.RunInPool;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Long polling as a loop that waits, without futures, callbacks or deferred results. */
@RestController
class CallController {

	private static final int TEXT_LENGTH = 80;

	private final CallBoard board;

	private final CallProperties properties;

	CallController(CallBoard board, CallProperties properties) {
		this.board = board;
		this.properties = properties;
	}

	/**
	 * Answers with the calls after the given one as soon as there are any, or with 204
	 * when the time has elapsed, after which the client asks again. A waiting request
	 * holds a slot, so these requests have their own pool and leave the other slots free.
	 */
	@GetMapping("/calls")
	@RunInPool("calls")
	ResponseEntity<List<Call>> next(@RequestParam(defaultValue = "0") long after) throws InterruptedException {
		Deadline deadline = Deadline.after(this.properties.patience());
		Look look = this.board.look(after);
		while (look.calls().isEmpty() && !look.closed() && look.next().await(deadline.remaining())) {
			look = this.board.look(after);
		}
		return look.calls().isEmpty() ? ResponseEntity.noContent().build() : ResponseEntity.ok(look.calls());
	}

	@PostMapping("/calls")
	@ResponseStatus(HttpStatus.CREATED)
	Call call(@RequestParam String text) {
		if (text.isBlank() || text.length() > TEXT_LENGTH) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"A call has 1 to %s characters, and this one has %s.".formatted(TEXT_LENGTH,
							text.strip().length()));
		}
		return this.board.call(text);
	}

}
