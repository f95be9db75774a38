package io.greenroom.state;

/** The migration page's example: an order, and its two regions. */
class ShopOrder {

	private final Payment payment;

	private final Parcel parcel;

	ShopOrder(StateMachines machines) {
		this.payment = machines.create(Payment.class);
		this.parcel = machines.create(Parcel.class);
	}

	@State(initial = true, transitionsTo = { "placed", "cancelled" })
	void draft(int items) {
		if (items > 0) { // a guard is an if
			placed(items);
		}
	}

	@State(transitionsTo = { "done", "cancelled" }, timeout = "2h", onTimeout = "cancelled")
	void placed(int items) {
		this.payment.due(); // two regions are two machines
		this.parcel.packing(items);
	}

	@State
	void done() {
	}

	@State
	void cancelled() {
	}

	Payment payment() {
		return this.payment;
	}

	Parcel parcel() {
		return this.parcel;
	}

	static class Payment {

		@State(initial = true, transitionsTo = "paid")
		void due() {
		}

		@State
		void paid() {
		}

	}

	static class Parcel {

		int items;

		@State(initial = true, transitionsTo = "sent")
		void packing(int items) {
			this.items = items;
		}

		@State
		void sent() {
		}

	}

}
