package io.greenroom.sample.chat;

import io.greenroom.green.GreenQueue;

/**
 * Somebody in the room, as the room sees them: a name, and the lines that are still to be
 * sent. Those are bounded, so who does not read costs no more memory than who does.
 */
final class Member {

	/** How far a member may lag behind, in lines. */
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

	/** Does not block: the room has others to tell. */
	boolean tell(String line) {
		return this.outbox.offer(line);
	}

	/** The last word. Lines that have not been sent are thrown away. */
	void dismiss(String farewell) {
		this.farewell = farewell;
		this.outbox.closeNow();
	}

	/** The lines as they come, until the member is dismissed. Taking the next blocks. */
	Iterable<String> lines() {
		return this.outbox;
	}

	String farewell() {
		return this.farewell;
	}

}
