package io.greenroom.state;

import org.springframework.stereotype.Component;

/** Shown on the migration page. */
@Component
class Turnstile {

	private int coins;

	@State(initial = true, transitionsTo = "unlocked")
	void locked() {
	}

	@State(transitionsTo = "locked")
	void unlocked(int coins) { // the data of the event
		this.coins += coins;
	}

}
