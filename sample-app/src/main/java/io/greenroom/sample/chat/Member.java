package io.greenroom.sample.chat;

import io.greenroom.green.GreenQueue;

/**
 * A member as the room sees it: a name, and the lines that are still to be sent. Their
 * number is limited, so a member that does not read costs no more memory than others.
 */
final class Member {

	/** How many lines a member may lag behind. */
	static final int OUTBOX = 100;

	private final String name;

	private final GreenQueue<String> outbox = new GreenQueue<>(OUTBOX);

	private volatile String farewell = ""; // written before the outbox is closed

	Member(String name) {
		this.name = name;
	}

	String name() {
		return this.name;
	}

	/** Does not block, because the room has other members to notify. */
	boolean tell(String line) {
		return this.outbox.offer(line);
	}

	/** Sends a last line. Lines that have not been sent are discarded. */
	void dismiss(String farewell) {
		this.farewell = farewell;
		this.outbox.closeNow();
	}

	/**
	 * Returns the lines as they arrive, until the member is dismissed. Waiting for the
	 * next one blocks.
	 */
	Iterable<String> lines() {
		return this.outbox;
	}

	String farewell() {
		return this.farewell;
	}

}
