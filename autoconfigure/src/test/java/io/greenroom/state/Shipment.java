package io.greenroom.state;

/** The migration page's example: a history state, kept in a field. */
class Shipment {

	private Runnable before = this::packing;

	@State(initial = true, transitionsTo = { "driving", "onHold" })
	void packing() {
		this.before = this::packing;
	}

	@State(transitionsTo = { "delivered", "onHold" })
	void driving() {
		this.before = this::driving;
	}

	@State(transitionsTo = { "packing", "driving", "cancelled" }, timeout = "7d", onTimeout = "cancelled")
	void onHold() {
	}

	@State
	void delivered() {
	}

	@State
	void cancelled() {
	}

	void resume() {
		this.before.run(); // rejected unless the shipment is on hold
	}

}
