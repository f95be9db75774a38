package io.greenroom.sample.prompter;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Helps actors who have forgotten their next line. */
@RestController
class PrompterController {

	private final PromptBox box;

	PrompterController(PromptBox box) {
		this.box = box;
	}

	@GetMapping("/prompt")
	Line next(@RequestParam String line) {
		return new Line(this.box.ask(line));
	}

	/**
	 * A line of the play.
	 *
	 * @param line the line
	 */
	record Line(String line) {
	}

}
