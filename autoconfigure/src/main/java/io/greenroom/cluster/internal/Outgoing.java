package io.greenroom.cluster.internal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import io.greenroom.cluster.internal.ClusterCounts.What;
import io.greenroom.cluster.internal.Outcome.Answered;
import io.greenroom.cluster.internal.Outcome.NoQuorum;
import io.greenroom.cluster.internal.Outcome.OwnerLost;
import io.greenroom.cluster.internal.Outcome.TimedOut;
import io.greenroom.wire.Answer;
import io.greenroom.wire.Envelope;
import org.jspecify.annotations.Nullable;

/**
 * The caller's side of the protocol: keeps the calls that wait for another node, finds
 * the owners of their keys, and sends calls again where that is allowed.
 * <p>
 * A call is at one node at a time. It goes on to another node when the first one answers
 * that the key is elsewhere and the body has not begun; or when the first one is gone, or
 * its body ran in vain, and the call may be made twice. A call may always be sent to the
 * same node again, because that node recognizes it.
 */
final class Outgoing {

	private static final int LONGEST_PAUSE = 10;

	private final Membership membership;

	private final Timer timer;

	private final ClusterOptions options;

	private final ClusterCounts counts;

	private final Sender sender;

	private final Map<String, Pending> calls = new ConcurrentHashMap<>();

	Outgoing(Membership membership, Timer timer, ClusterOptions options, ClusterCounts counts, Sender sender) {
		this.membership = membership;
		this.timer = timer;
		this.options = options;
		this.counts = counts;
		this.sender = sender;
	}

	/**
	 * Begins a call.
	 * @param envelope the first sending of the call
	 * @param repeatable whether it may be made again when it is not known whether it was
	 * made
	 * @param done accepts the outcome, once, within the caller's time
	 */
	void begin(Envelope envelope, boolean repeatable, Consumer<Outcome> done) {
		Pending call = new Pending(envelope, repeatable, this.timer.nanoTime() + envelope.remaining().toNanos(), done);
		this.calls.put(envelope.id(), call);
		this.timer.after(envelope.remaining(), () -> timeOver(call));
		go(call);
	}

	/** Gives a call up; returns whether it was still waiting. */
	boolean forget(String id) {
		Pending call = this.calls.remove(id);
		if (call == null) {
			return false;
		}
		synchronized (call) {
			boolean mine = !call.over;
			call.over = true;
			return mine;
		}
	}

	int size() {
		return this.calls.size();
	}

	/** Sends a call that is at no node to the owner of its key, or tries again later. */
	private void go(Pending call) {
		String owner = this.membership.hasQuorum() ? this.membership.owner(call.envelope.target()) : null;
		Envelope sent = null;
		int number = 0;
		synchronized (call) {
			if (call.over || call.at != null) {
				return;
			}
			call.lacksQuorum = !this.membership.hasQuorum();
			Duration left = left(call);
			if (owner != null && left.isPositive()) {
				call.at = owner;
				number = ++call.attempt;
				call.first = number;
				sent = call.envelope.resent(number, left);
			}
		}
		if (sent == null || owner == null) {
			pause(call);
			return;
		}
		this.counts.add((number == 1) ? What.SENT : What.RESENT);
		send(call, owner, sent);
	}

	private void send(Pending call, String owner, Envelope sent) {
		if (this.sender.send(owner, sent)) {
			this.timer.after(this.options.resend(), () -> again(call, owner));
			return;
		}
		synchronized (call) {
			if (call.over || !owner.equals(call.at) || call.attempt != sent.attempt()) {
				return;
			}
			if (call.maybeThere) {
				// An earlier sending may have arrived.
				this.timer.after(this.options.resend(), () -> again(call, owner));
				return;
			}
			call.at = null;
		}
		pause(call);
	}

	/** No answer has come: the call or the answer may be lost. */
	private void again(Pending call, String owner) {
		Envelope sent;
		synchronized (call) {
			if (call.over || !owner.equals(call.at)) {
				return;
			}
			call.maybeThere = true;
			sent = call.envelope.resent(++call.attempt, left(call));
		}
		if (!this.membership.isThere(owner)) {
			left(call, owner);
			return;
		}
		this.counts.add(What.RESENT);
		send(call, owner, sent);
	}

	private void pause(Pending call) {
		int times;
		synchronized (call) {
			if (call.over) {
				return;
			}
			times = Math.min(LONGEST_PAUSE, ++call.pauses);
		}
		this.timer.after(this.options.pause().multipliedBy(times), () -> go(call));
	}

	void answered(String from, Answer answer) {
		Pending call = this.calls.get(answer.id());
		if (call == null) {
			return;
		}
		if (isMadeAgain(call, answer)) {
			synchronized (call) {
				// The answer to an older sending does not say where the call is now.
				if (call.over || !from.equals(call.at) || answer.attempt() != call.attempt) {
					return;
				}
				call.at = null;
				call.maybeThere = false;
				call.maybeMade |= answer.kind() != Answer.Kind.MOVED;
				call.cut |= answer.kind() == Answer.Kind.CUT;
			}
			pause(call);
			return;
		}
		if (isFailure(answer) && isOfFormerOwner(call, from, answer)) {
			// Nothing of it was stored; or the node that has the call now finds the
			// answer.
			return;
		}
		finish(call, new Answered(answer));
	}

	/**
	 * Returns whether a node answers that was taken for gone, so that the call has left
	 * it.
	 */
	private static boolean isOfFormerOwner(Pending call, String from, Answer answer) {
		synchronized (call) {
			return call.repeatable && (!from.equals(call.at) || answer.attempt() < call.first);
		}
	}

	private static boolean isFailure(Answer answer) {
		return answer.kind() == Answer.Kind.THREW || answer.kind() == Answer.Kind.CUT;
	}

	/**
	 * Returns whether a call is sent again. A database that cuts its connections will
	 * probably do so again, so its failure is told the second time.
	 */
	private static boolean isMadeAgain(Pending call, Answer answer) {
		return switch (answer.kind()) {
			case MOVED -> true;
			case STALE -> call.repeatable;
			case CUT -> call.repeatable && !call.isCut();
			case RETURNED, THREW, REJECTED -> false;
		};
	}

	void left(String node) {
		for (Pending call : List.copyOf(this.calls.values())) {
			left(call, node);
		}
	}

	private void left(Pending call, String node) {
		synchronized (call) {
			if (call.over || !node.equals(call.at)) {
				return;
			}
			if (call.repeatable) {
				call.at = null;
				call.maybeThere = false;
				call.maybeMade = true;
			}
		}
		if (call.repeatable) {
			go(call);
		}
		else {
			this.counts.add(What.LOST);
			finish(call, new OwnerLost(node));
		}
	}

	/** Keys may have other owners: calls that wait for one need not wait longer. */
	void changed() {
		for (Pending call : List.copyOf(this.calls.values())) {
			go(call);
		}
	}

	private void timeOver(Pending call) {
		finish(call, late(call));
	}

	private Outcome late(Pending call) {
		synchronized (call) {
			boolean noQuorum = call.lacksQuorum && call.at == null;
			if (call.maybeMade && call.at == null) {
				return new TimedOut((call.cut ? "its transaction has lost its connection to the database"
						: "a node that had the call has left") + ", so it may have run"
						+ (noQuorum ? "; this node sees " + this.membership.describe() : ""));
			}
			if (noQuorum) {
				return new NoQuorum(this.membership.describe());
			}
			return new TimedOut(
					(call.at != null) ? "node " + call.at + " has the call" : "no node that has the key could take it");
		}
	}

	private void finish(Pending call, Outcome outcome) {
		synchronized (call) {
			if (call.over) {
				return;
			}
			call.over = true;
		}
		this.calls.remove(call.envelope.id());
		call.done.accept(outcome);
	}

	private Duration left(Pending call) {
		return Duration.ofNanos(call.deadline - this.timer.nanoTime());
	}

	/** A call that has no outcome yet. */
	private static final class Pending {

		private final Envelope envelope;

		private final boolean repeatable;

		private final long deadline;

		private final Consumer<Outcome> done;

		/** The node that has the call; guarded by this, as are the fields below. */
		private @Nullable String at;

		/** Whether the node may have the call, although the last sending failed. */
		private boolean maybeThere;

		/** Whether a node that is gone had the call, or a body ran in vain. */
		private boolean maybeMade;

		/** Whether a transaction of the call has lost its connection. */
		private boolean cut;

		private int attempt;

		/** The first sending to the node that has the call. */
		private int first;

		private int pauses;

		private boolean lacksQuorum;

		private boolean over;

		Pending(Envelope envelope, boolean repeatable, long deadline, Consumer<Outcome> done) {
			this.envelope = Objects.requireNonNull(envelope);
			this.repeatable = repeatable;
			this.deadline = deadline;
			this.done = done;
		}

		synchronized boolean isCut() {
			return this.cut;
		}

	}

}
