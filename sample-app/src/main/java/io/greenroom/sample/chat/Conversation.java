package io.greenroom.sample.chat;

import java.io.IOException;
import java.time.Duration;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.Timeout;
import io.greenroom.green.TimeoutExpiredException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member's stay in the room, whatever the wire. What the member says comes in on the
 * connection's own thread; what the room says goes out on a green thread made here. Both
 * block as they like.
 */
final class Conversation implements AutoCloseable {

	/** Nobody talks faster than this, so nobody can flood the outboxes of the others. */
	private static final Duration BREATH = Duration.ofMillis(20);

	/** How long one line may take on the wire before the connection counts as dead. */
	private static final Duration SENDING = Duration.ofSeconds(5);

	private static final Logger log = LoggerFactory.getLogger(Conversation.class);

	private final Room room;

	private final Member member;

	private final Wire wire;

	private Conversation(Room room, Member member, Wire wire) {
		this.room = room;
		this.member = member;
		this.wire = wire;
	}

	/**
	 * Lets somebody into the room.
	 * @throws NotAdmittedException if they can't come in
	 */
	static Conversation begin(Room room, GreenScheduler scheduler, String name, Wire wire) {
		Member member = room.enter(name);
		Conversation conversation = new Conversation(room, member, wire);
		try {
			scheduler.spawn("chat-to-" + member.name(), conversation::deliver);
			return conversation;
		}
		catch (RuntimeException notStarted) {
			conversation.close();
			throw notStarted;
		}
	}

	/** Passes on a line, and makes who talks draw a breath. */
	void hear(String text) throws InterruptedException {
		this.room.say(this.member, text);
		Thread.sleep(BREATH);
	}

	/** Hangs up at the end, which ends the reading half too. */
	private void deliver() {
		try (this.wire) {
			for (String line : this.member.lines()) {
				send(line);
			}
			send(this.member.farewell());
		}
		catch (IOException | TimeoutExpiredException gone) {
			log.info("'{}' can't be reached any more: {}", this.member.name(), gone.getMessage());
		}
		finally {
			close();
		}
	}

	private void send(String line) throws IOException {
		Timeout.after(SENDING).run(() -> this.wire.send(line));
	}

	@Override
	public void close() {
		this.room.leave(this.member);
	}

}
