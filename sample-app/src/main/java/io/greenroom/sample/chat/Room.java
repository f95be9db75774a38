package io.greenroom.sample.chat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Service;

/**
 * The chat room. Browsers and terminals talk at the same time, and all of them read the
 * same lines in the same order, because the methods of a handler run one at a time. The
 * room never waits for a reader: it puts a line into each outbox, and disconnects a
 * member whose outbox is full.
 */
@Service
@DeferredHandler
class Room {

	static final int NAME_LENGTH = 20;

	static final int LINE_LENGTH = 500;

	private static final int SEATS = 200;

	private static final Logger log = LoggerFactory.getLogger(Room.class);

	private final Map<String, Member> members = new LinkedHashMap<>();

	private boolean closed;

	Member enter(String asked) {
		String name = printable(asked);
		if (name.isEmpty() || name.length() > NAME_LENGTH) {
			throw new NotAdmittedException(
					"A name has 1 to %s characters, and yours has %s.".formatted(NAME_LENGTH, name.length()));
		}
		if (this.members.containsKey(name)) {
			throw new NotAdmittedException("There is already a %s in the room. Use another name.".formatted(name));
		}
		if (this.closed || this.members.size() == SEATS) {
			throw new NotAdmittedException(this.closed ? "The house is closing. Come again tomorrow."
					: "All %s seats of the room are taken. Come again later.".formatted(SEATS));
		}
		Member member = new Member(name);
		this.members.put(name, member);
		tellAll("* %s came in. In the room: %s.".formatted(name, String.join(", ", this.members.keySet())));
		return member;
	}

	/** The speaker does not wait until all members have been notified. */
	@Oneway
	void say(Member member, String text) {
		String line = printable(text);
		if (isIn(member) && !line.isEmpty()) {
			tellAll(member.name() + ": " + line.substring(0, Math.min(line.length(), LINE_LENGTH)));
		}
	}

	@Oneway
	void leave(Member member) {
		showOut(member, "Good night.", "* %s left.".formatted(member.name()));
	}

	List<String> names() {
		return List.copyOf(this.members.keySet());
	}

	/** Called before the ports close, so that all members receive the message. */
	@EventListener(ContextClosedEvent.class)
	@Order(0)
	void close() {
		this.closed = true;
		this.members.values().forEach((member) -> member.dismiss("The house is closing. Good night."));
		this.members.clear();
	}

	private void tellAll(String line) {
		List<Member> full = this.members.values().stream().filter((member) -> !member.tell(line)).toList();
		for (Member slow : full) {
			log.warn("'{}' does not read its {} pending lines and is disconnected", slow.name(), Member.OUTBOX);
			showOut(slow, "You read too slowly. Join again to continue.",
					"* %s read too slowly and was disconnected.".formatted(slow.name()));
		}
	}

	private void showOut(Member member, String farewell, String news) {
		if (isIn(member)) {
			this.members.remove(member.name());
			member.dismiss(farewell);
			tellAll(news);
		}
	}

	/** A name may have found a new owner since. */
	private boolean isIn(Member member) {
		return this.members.get(member.name()) == member;
	}

	/** Removes characters that would move the cursor or ring the bell of a terminal. */
	private static String printable(String text) {
		return text.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}\uFFFD]", "").strip();
	}

}
