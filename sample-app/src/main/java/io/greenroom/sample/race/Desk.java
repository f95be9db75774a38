package io.greenroom.sample.race;

import java.time.Duration;

import io.greenroom.deferred.DeferredHandler;

import org.springframework.context.annotation.Scope;
import org.springframework.stereotype.Component;

/** Sells fifty seats. Correct for one buyer at a time. */
abstract class Desk {

	static final int SEATS = 50;

	private static final Duration CARD = Duration.ofMillis(5);

	private final boolean[] sold = new boolean[SEATS]; // no lock, no atomic

	/** Returns whether the buyer has a ticket. */
	boolean sell(int seat) throws InterruptedException {
		if (this.sold[seat]) {
			return false; // somebody has it
		}
		Thread.sleep(CARD); // charges the card
		this.sold[seat] = true;
		return true;
	}

	@Component
	@Scope("prototype")
	@DeferredHandler // the only difference
	static class Guarded extends Desk {

	}

	@Component
	@Scope("prototype")
	static class Plain extends Desk {

	}

}
