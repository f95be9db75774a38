package io.greenroom.sample;

import io.greenroom.state.State;

/**
 * The life of one performance, from the poster to the last curtain. A state is a method,
 * and calling the next one leaves it. The box office makes one machine per show; see
 * {@link BoxOffice}.
 */
class Performance {

	private final String show;

	private final Stage stage;

	private final LiveFeed feed;

	Performance(String show, Stage stage, LiveFeed feed) {
		this.show = show;
		this.stage = stage;
		this.feed = feed;
	}

	@State(initial = true, restart = true, transitionsTo = { "onSale", "cancelled" })
	void announced(boolean openAtOnce) {
		this.feed.changed();
		if (openAtOnce) {
			onSale(); // does not return: this state ends here
		}
	} // rests here, without a thread, until somebody calls onSale() or cancelled()

	@State(transitionsTo = { "soldOut", "playing", "cancelled" })
	void onSale() {
		this.feed.changed();
	}

	@State(transitionsTo = { "onSale", "playing", "cancelled" })
	void soldOut() {
		this.feed.changed();
	}

	@State(transitionsTo = "finished")
	void playing() {
		this.feed.changed();
		if (this.stage.play(this.show)) { // plain blocking code
			finished();
		}
	} // finished() from outside interrupts the play and takes over once it has ended

	@State
	void finished() {
		this.feed.changed();
	}

	@State
	void cancelled() {
		this.feed.changed();
	}

}
