package io.greenroom.sample.chat;

import java.io.IOException;
import java.time.Duration;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.Timeout;
import io.greenroom.green.TimeoutExpiredException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stay of one member in the room, over any kind of connection. Lines of the member
 * arrive on the connection's own thread, and lines of the room are sent on a green thread
 * that is started here. Both may block.
 */
final class Conversation implements AutoCloseable {

	/**
	 * Limits the rate at which a member can talk, so that the outboxes of the others are
	 * not flooded.
	 */
	private static final Duration BREATH = Duration.ofMillis(20);

	/** How long sending a line may take before the connection counts as dead. */
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
	 * Lets a member into the room.
	 * @throws NotAdmittedException if the member is not admitted
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

	/** Passes a line on, and makes the member pause. */
	void hear(String text) throws InterruptedException {
		this.room.say(this.member, text);
		Thread.sleep(BREATH);
	}

	/** Closes the connection at the end, which also ends the reading half. */
	private void deliver() {
		try (this.wire) {
			for (String line : this.member.lines()) {
				send(line);
			}
			send(this.member.farewell());
		}
		catch (IOException | TimeoutExpiredException gone) {
			log.info("'{}' can no longer be reached: {}", this.member.name(), gone.getMessage());
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
