package io.greenroom.state;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The flower of the documentation. */
class Flower {

	final Queue<String> diary = new ConcurrentLinkedQueue<>();

	private int height;

	@State(initial = true, transitionsTo = "growing")
	void sprouting(int centimetres) {
		this.height = centimetres;
		growing();
	}

	@State(transitionsTo = { "growing", "flowering", "withering", "dead" }, timeout = "30s", onTimeout = "withering")
	void growing() {
		this.height += 10;
		if (this.height >= 30) {
			flowering();
		}
	} // rests here until it is watered or eaten

	@State(transitionsTo = { "withering", "dead" }, onStart = "remember")
	void flowering() {
	}

	@State(transitionsTo = { "growing", "dead" }, timeout = "30s", onTimeout = "dead")
	void withering() {
		this.height -= 10;
	}

	@State
	void dead() {
		this.diary.add("died at " + this.height);
	}

	void remember(StateHandle next, Object... args) {
		this.diary.add("about to be " + next.state() + " " + List.of(args));
	}

}
