package io.greenroom.durable.internal;

/**
 * How far the delivery of an active lane has got. Confined to the thread that delivers,
 * with the exception of {@link #isSlow}.
 */
final class LaneProgress {

	private final Lane lane;

	/** Whether a body is running. */
	private volatile boolean running;

	/** Since when it is running. */
	private volatile long since;

	/** When this process took the lane. */
	long taken;

	/** Whether the lane was owned by a process that has disappeared. */
	boolean abandoned;

	/** The place of the call that the attempts belong to. */
	private long place;

	/** How often that call was attempted. */
	int attempts;

	LaneProgress(Lane lane) {
		this.lane = lane;
	}

	Lane lane() {
		return this.lane;
	}

	/** Begins with what the database says of the lane. */
	void begin(long now, OutboxStore.Claim claim) {
		this.taken = now;
		this.abandoned = claim.abandoned();
		this.place = claim.place();
		this.attempts = claim.attempts();
	}

	/** Counts attempts for a call from now on. */
	void at(StoredCall call) {
		if (call.place() != this.place) {
			this.place = call.place();
			this.attempts = 0;
		}
	}

	void bodyBegins(long now) {
		this.since = now;
		this.running = true;
	}

	void bodyEnds() {
		this.running = false;
	}

	/**
	 * Returns whether a body has been running for too long. May be called by any thread.
	 */
	boolean isSlow(long now, long limit) {
		return this.running && now - this.since > limit;
	}

}
