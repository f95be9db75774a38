package io.greenroom.cluster.internal;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.cluster.internal.ClusterCounts.What;
import io.greenroom.deferred.DeferredDeadlockException;
import io.greenroom.wire.Answer;
import io.greenroom.wire.Envelope;
import io.greenroom.wire.FailureData;
import org.jspecify.annotations.Nullable;

/**
 * The owner's side of the protocol: runs calls of other nodes, each once however often it
 * arrives, and keeps the answers for as long as their callers may ask again.
 */
final class Incoming {

	private final Membership membership;

	private final Timer timer;

	private final ClusterOptions options;

	private final ClusterCounts counts;

	private final Sender sender;

	private final Map<String, Serving> handlers = new ConcurrentHashMap<>();

	private final Map<String, Served> calls = new ConcurrentHashMap<>();

	Incoming(Membership membership, Timer timer, ClusterOptions options, ClusterCounts counts, Sender sender) {
		this.membership = membership;
		this.timer = timer;
		this.options = options;
		this.counts = counts;
		this.sender = sender;
	}

	void add(String handler, Serving serving) {
		if (this.handlers.putIfAbsent(handler, serving) != null) {
			throw new IllegalStateException(
					"Two handlers have the name '%s', so calls from other nodes would be ambiguous; rename one"
						.formatted(handler));
		}
	}

	Iterable<Serving> handlers() {
		return this.handlers.values();
	}

	void received(String from, Envelope call, Duration delay) {
		Duration remaining = call.remaining().minus(delay);
		if (!remaining.isPositive()) {
			// No caller waits for an answer.
			this.counts.add(What.EXPIRED);
			return;
		}
		Serving handler = this.handlers.get(call.handler());
		String problem = (handler == null) ? "this node has no handler '" + call.handler() + "'"
				: handler.problem(call);
		if (handler == null || problem != null) {
			this.counts.add(What.REJECTED);
			this.sender.send(from, Answer.rejected(call,
					FailureData.rejected("%s.%s was rejected: %s".formatted(call.target(), call.method(), problem))));
			return;
		}
		Served served = Objects.requireNonNull(this.calls.compute(call.id(),
				(id, last) -> (last == null || isBack(last, call)) ? new Served(this.membership.here()) : last));
		Answer known;
		boolean mine = false;
		synchronized (served) {
			known = served.answer;
			served.keepUntil = Math.max(served.keepUntil,
					this.timer.nanoTime() + remaining.plus(this.options.keep()).toNanos());
			if (known != null && known.kind() == Answer.Kind.MOVED && call.attempt() > served.attempt) {
				// It was at another node meanwhile, and was sent here again.
				known = null;
				served.answer = null;
				served.running = false;
			}
			if (known == null && !served.running) {
				mine = true;
				served.running = true;
			}
			if (call.attempt() >= served.attempt) {
				served.attempt = call.attempt();
				served.from = from;
			}
		}
		if (!mine) {
			this.counts.add(What.DUPLICATE);
			if (known != null) {
				this.sender.send(from, known.to(call.attempt()));
			}
			return;
		}
		Answer rejected = rejected(call);
		if (rejected != null) {
			answered(served, rejected);
		}
		else {
			serve(handler, call, remaining, served);
		}
	}

	private @Nullable Answer rejected(Envelope call) {
		if (!this.membership.mayServe(call.target())) {
			this.counts.add(What.MOVED);
			return Answer.moved(call);
		}
		return null;
	}

	private void serve(Serving handler, Envelope call, Duration remaining, Served served) {
		long deadline = this.timer.nanoTime() + remaining.toNanos();
		handler.serve(call, remaining, new Serving.Reply() {

			@Override
			public boolean mayBegin() {
				return Incoming.this.membership.mayServe(call.target())
						&& Incoming.this.timer.nanoTime() - deadline < 0;
			}

			@Override
			public void answered(Answer answer) {
				if (answer.kind() == Answer.Kind.MOVED) {
					Incoming.this.counts.add(What.MOVED);
				}
				if (answer.kind() == Answer.Kind.STALE) {
					Incoming.this.counts.add(What.STALE);
				}
				if (answer.kind() == Answer.Kind.CUT) {
					Incoming.this.counts.add(What.CUT);
				}
				Incoming.this.answered(served, answer);
			}

		});
	}

	private void answered(Served served, Answer answer) {
		String to;
		Answer mine;
		synchronized (served) {
			if (served.answer != null) {
				return;
			}
			if (answer.kind() == Answer.Kind.STALE || answer.kind() == Answer.Kind.CUT) {
				// The next sending may run, or finds what was stored.
				mine = answer.to(served.attempt);
				served.answer = Answer.moved(answer);
			}
			else {
				mine = answer.to(served.attempt);
				served.answer = mine;
			}
			served.running = false;
			to = served.from;
		}
		if (to != null) {
			this.sender.send(to, mine);
		}
	}

	/**
	 * Returns whether a call has left this node, which was taken for gone, and has come
	 * back: this node is another one since. What has come of the call before is not what
	 * its caller is to hear.
	 */
	private boolean isBack(Served served, Envelope call) {
		synchronized (served) {
			return call.attempt() > served.attempt && !served.here.equals(this.membership.here());
		}
	}

	/** Forgets calls whose callers can't ask again. */
	void forget() {
		long now = this.timer.nanoTime();
		this.calls.values().removeIf((served) -> {
			synchronized (served) {
				return !served.running && now - served.keepUntil > 0;
			}
		});
	}

	int size() {
		return this.calls.size();
	}

	/** Returns how many calls of other nodes run or wait here. */
	long running() {
		return this.calls.values().stream().filter((served) -> {
			synchronized (served) {
				return served.running;
			}
		}).count();
	}

	static DeferredDeadlockException deadlock(Envelope call) {
		StringBuilder text = new StringBuilder(
				"This call would never be answered, because the handlers wait for each other in a circle:");
		call.chain().forEach((waiting) -> text.append("%n  %s waits".formatted(waiting.target())));
		text.append("%n  for %s.%s".formatted(call.target(), call.method()));
		text.append("%nMake one of them @Oneway, or let it return a future.".formatted());
		return new DeferredDeadlockException(text.toString(), null);
	}

	/** Returns whether a call would wait for a handler that waits for it. */
	static boolean isCircle(Envelope call, boolean reading) {
		return call.mode() == Envelope.Mode.ANSWER && call.chain()
			.stream()
			.anyMatch((waiting) -> waiting.target().equals(call.target()) && !(reading && waiting.reading()));
	}

	/** The progress of a call. */
	private static final class Served {

		/** The id of this node when the call came. */
		private final String here;

		/** Guarded by this, as are the fields below. */
		private boolean running;

		private @Nullable Answer answer;

		/** The number of the last sending. */
		private int attempt;

		/** The node that sent it. */
		private @Nullable String from;

		private long keepUntil = Long.MIN_VALUE;

		Served(String here) {
			this.here = here;
		}

	}

}
