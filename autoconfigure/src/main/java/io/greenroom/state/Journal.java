package io.greenroom.state;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;

import io.greenroom.state.StateMachine.Status;
import org.jspecify.annotations.Nullable;

/**
 * Tells one machine's {@link StateJournal} of its changes. Confined to the thread that
 * moves the machine, of which there is one at a time, except for volatile fields.
 */
final class Journal {

	private final StateJournal port;

	/**
	 * Where the machine is according to the last stored entry; {@code null} before the
	 * start.
	 */
	private StateJournal.@Nullable Entry last;

	/** Where it is if the transaction of its body is rolled back. */
	private StateJournal.@Nullable Entry before;

	private boolean inBody;

	/** Whether it was in a state before this process and has not been resumed yet. */
	private boolean waiting;

	/** Whether the object was released, which does not end the stored machine. */
	private volatile boolean released;

	Journal(StateJournal port, StateJournal.@Nullable Entry restored) {
		this.port = port;
		this.last = restored;
		this.waiting = restored != null;
	}

	/** Returns whether it must resume now from where it was before this process. */
	boolean resumes() {
		boolean first = this.waiting;
		this.waiting = false;
		return first;
	}

	/** From now on, the end of the machine in memory is not stored. */
	void release() {
		this.released = true;
	}

	boolean isReleased() {
		return this.released;
	}

	boolean isLost() {
		return this.port.isLost();
	}

	/** Checks whether a move can be stored. */
	void check(StateSpec to, @Nullable Object[] args) {
		this.port.check(to.name(), list(args));
	}

	/** Takes the object for itself; throws if that takes too long. */
	void hold(Duration limit, String machine, String to) {
		try {
			if (!this.port.hold(limit)) {
				throw new IllegalStateException(
						"%s could not move to '%s' within %s, because a call of its object takes longer, or the object is about to be released; call again"
							.formatted(machine, to, limit));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(
					"Interrupted while waiting to move %s to '%s', which did not move".formatted(machine, to), ex);
		}
	}

	void letGo(boolean kept) {
		this.port.letGo(kept);
	}

	void bodyBegins() {
		this.port.bodyBegins();
	}

	void bodyThrew(Throwable thrown) {
		this.port.bodyThrew(thrown);
	}

	/** Called on the thread that requests a move which a body's thread will store. */
	Executor requester() {
		return this.port.requester();
	}

	/** Stores a move, and returns since when the machine is in the new state. */
	Instant enter(Move move, Instant now) {
		StateJournal.Entry entry = entry(move.next, now);
		move.requester.execute(() -> this.port.keep(entry));
		this.last = entry;
		return entry.since();
	}

	/** Stores a move in the transaction of the body that requests it. */
	Instant enterInBody(StateActivation next, Instant now) {
		StateJournal.Entry entry = entry(next, now);
		inBody(entry);
		return entry.since();
	}

	/** Stores the outcome of a body in the body's own transaction. */
	void settleInBody(Status status) {
		inBody(settled(status, null));
	}

	/** Stores the outcome of the body, unless that is stored already. */
	void settle(Status status, @Nullable Throwable failure) {
		if (this.last == null || this.last.status() == status) {
			return;
		}
		StateJournal.Entry entry = settled(status, failure);
		this.port.keep(entry);
		this.last = entry;
	}

	private void inBody(StateJournal.Entry entry) {
		this.before = this.inBody ? this.before : this.last;
		this.inBody = true;
		this.port.bodyEnds(entry);
		this.last = entry;
	}

	/**
	 * Called when everything around the body has ended; returns the failure of the body.
	 * It has also failed if the transaction in which its end was stored was rolled back.
	 */
	@Nullable Throwable ended(@Nullable Throwable thrown, String machine) {
		if (!this.inBody) {
			return thrown;
		}
		StateJournal.Entry wanted = Objects.requireNonNull(this.last);
		StateJournal.Entry undone = this.before;
		this.inBody = false;
		this.before = null;
		if (this.port.isKept()) {
			return thrown;
		}
		this.last = undone;
		if (thrown != null || undone == null) {
			return thrown;
		}
		return new IllegalStateException(
				"The transaction of '%s' of %s was rolled back without an exception, and %s; throw one, or begin the transaction that may roll back inside the body"
					.formatted(undone.state(), machine, wanted.state().equals(undone.state())
							? "so the state has failed" : "with it the move to '" + wanted.state() + "'"));
	}

	private StateJournal.Entry settled(Status status, @Nullable Throwable failure) {
		StateJournal.Entry stay = Objects.requireNonNull(this.last);
		return new StateJournal.Entry(stay.state(), status, List.of(), stay.since(),
				status.isEnd() ? null : stay.deadline(), failure);
	}

	private static StateJournal.Entry entry(StateActivation next, Instant now) {
		Instant since = now.truncatedTo(ChronoUnit.MILLIS);
		Duration timeout = next.spec().timeout();
		return new StateJournal.Entry(next.state(), Status.RUNNING, list(next.args()), since,
				(timeout != null) ? plus(since, timeout) : null, null);
	}

	private static List<@Nullable Object> list(@Nullable Object[] args) {
		return Collections.unmodifiableList(new ArrayList<@Nullable Object>(Arrays.<@Nullable Object>asList(args)));
	}

	/**
	 * Returns the remaining time until the timeout of the stay; {@code null} if there is
	 * none. A stay that begins in the future means that the clock was set back. It is
	 * treated as beginning now, so that a timeout is never longer than declared.
	 */
	@Nullable Duration left(Instant now) {
		StateJournal.Entry stay = this.last;
		Instant deadline = (stay != null) ? stay.deadline() : null;
		if (stay == null || deadline == null) {
			return null;
		}
		Duration left = Duration.between(stay.since().isAfter(now) ? stay.since() : now, deadline);
		return left.isNegative() ? Duration.ZERO : left;
	}

	private static Instant plus(Instant since, Duration timeout) {
		try {
			return since.plus(timeout);
		}
		catch (DateTimeException | ArithmeticException beyond) {
			return Instant.MAX;
		}
	}

}
