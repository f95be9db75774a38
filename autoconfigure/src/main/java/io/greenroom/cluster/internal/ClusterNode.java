package io.greenroom.cluster.internal;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

import io.greenroom.cluster.internal.ClusterCounts.What;
import io.greenroom.observe.internal.ForeignCode;
import io.greenroom.wire.Answer;
import io.greenroom.wire.CodecException;
import io.greenroom.wire.Envelope;
import io.greenroom.wire.Message;
import io.greenroom.wire.MessageFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's part in the protocol: the owner's side and the caller's side. For
 * integrations; applications don't use it. Safe for use by multiple threads. No method
 * blocks.
 */
public final class ClusterNode implements Nodes.Events {

	private static final Logger log = LoggerFactory.getLogger(ClusterNode.class);

	private static final Duration SWEEP = Duration.ofSeconds(1);

	private final Nodes nodes;

	private final Timer timer;

	private final MessageFormat format;

	private final ClusterCounts counts = new ClusterCounts();

	private final Membership membership;

	private final Delays delays = new Delays();

	private final Incoming incoming;

	private final Outgoing outgoing;

	private volatile boolean closed;

	/** Called for each node that is gone, while there is a quorum. */
	private volatile Consumer<String> whenLeft = (gone) -> {
	};

	/**
	 * Creates a node that takes no part yet.
	 * @param nodes the other nodes
	 * @param timer the timer
	 * @param options the options
	 */
	public ClusterNode(Nodes nodes, Timer timer, ClusterOptions options) {
		this.nodes = Objects.requireNonNull(nodes, "nodes");
		this.timer = Objects.requireNonNull(timer, "timer");
		this.format = new MessageFormat(options.longest());
		this.membership = new Membership(nodes, options.quorum());
		this.incoming = new Incoming(this.membership, timer, options, this.counts, this::send);
		this.outgoing = new Outgoing(this.membership, timer, options, this.counts, this::send);
	}

	/**
	 * Sets what is called for each node that is gone, unless this node is in a minority.
	 * To be called before the start.
	 * @param told accepts the id of the node; must not block
	 */
	public void whenLeft(Consumer<String> told) {
		this.whenLeft = Objects.requireNonNull(told, "told");
	}

	/**
	 * Returns how many nodes this one sees, including itself.
	 * @return the number of nodes
	 */
	public int members() {
		return this.membership.size();
	}

	/**
	 * Returns whether this node sees enough nodes to work.
	 * @return whether there is a quorum
	 */
	public boolean hasQuorum() {
		return this.membership.hasQuorum();
	}

	/**
	 * Returns how many nodes must see each other for any of them to work.
	 * @return the quorum
	 */
	public int quorum() {
		return this.membership.quorum();
	}

	/** Begins to take part. */
	public void start() {
		this.nodes.start(this);
		sweepLater();
	}

	private void sweepLater() {
		this.timer.after(SWEEP, () -> {
			if (!this.closed) {
				this.incoming.forget();
				this.incoming.handlers().forEach(Serving::release);
				sweepLater();
			}
		});
	}

	/**
	 * Lets other nodes call a handler.
	 * @param name the name of the handler
	 * @param handler the handler
	 * @throws IllegalStateException if there is a handler of that name already
	 */
	public void serve(String name, Serving handler) {
		this.incoming.add(name, handler);
	}

	/**
	 * Returns whether calls of a key run here.
	 * @param target the handler and the key
	 * @return whether this node owns the key and may work
	 */
	public boolean isHere(String target) {
		return this.membership.mayServe(target);
	}

	/**
	 * Returns the counts of what has happened.
	 * @return the counts
	 */
	public ClusterCounts counts() {
		return this.counts;
	}

	void call(Envelope envelope, boolean repeatable, Consumer<Outcome> done) {
		this.outgoing.begin(envelope, repeatable, done);
	}

	/** Makes a call that was accepted here, and that no caller waits for. */
	void passOn(Envelope envelope, boolean repeatable) {
		call(envelope, repeatable, (outcome) -> {
			if (!(outcome instanceof Outcome.Answered(Answer answer)) || answer.kind() != Answer.Kind.RETURNED) {
				log.error("{}.{} was accepted, but its key moved before it began, and it was not made elsewhere: {}",
						envelope.target(), envelope.method(), outcome);
			}
		});
	}

	void answeredFromStore() {
		this.counts.add(What.STORED);
	}

	boolean forget(String id) {
		return this.outgoing.forget(id);
	}

	/**
	 * Returns how many calls of this node wait for an answer, or for an owner.
	 * @return the number of calls
	 */
	public int waiting() {
		return this.outgoing.size();
	}

	/** Returns how many calls of other nodes are remembered, running or answered. */
	int known() {
		return this.incoming.size();
	}

	/**
	 * Stops taking calls of other nodes. Calls that have not begun run elsewhere.
	 */
	public void leave() {
		this.membership.leave();
	}

	/**
	 * Returns how many calls of other nodes run or wait here.
	 * @return the number of calls
	 */
	public long serving() {
		return this.incoming.running();
	}

	/** Ends the timers of this node. */
	public void close() {
		this.closed = true;
	}

	private boolean send(String to, Message message) {
		if (this.membership.isHere(to)) {
			// Not on this stack, because the sender may be in the middle of something.
			this.timer.after(Duration.ZERO, () -> dispatch(to, message, Duration.ZERO));
			return true;
		}
		return this.nodes.send(to, this.format.write(message, this.timer.nanoTime()));
	}

	@Override
	public void received(String from, byte[] message) {
		MessageFormat.Sent sent;
		try {
			sent = this.format.read(message);
		}
		catch (CodecException | OutOfMemoryError ex) {
			this.counts.add(What.REJECTED);
			log.warn("{} bytes from node {} were rejected: {}", message.length, from, ex.getMessage());
			return;
		}
		dispatch(from, sent.message(), this.delays.of(from, sent.sentAt(), this.timer.nanoTime()));
	}

	private void dispatch(String from, Message message, Duration delay) {
		switch (message) {
			case Envelope call -> this.incoming.received(from, call, delay);
			case Answer answer -> this.outgoing.answered(from, answer);
		}
	}

	@Override
	public void left(String node) {
		this.delays.forget(node);
		this.outgoing.left(node);
		if (this.membership.hasQuorum()) {
			ForeignCode.run(log, "A listener for nodes that have left", () -> this.whenLeft.accept(node));
		}
	}

	@Override
	public void changed() {
		this.outgoing.changed();
		this.incoming.handlers().forEach(Serving::release);
	}

	@Override
	public void merged() {
		this.incoming.handlers().forEach(Serving::dropAll);
		changed();
	}

	@Override
	public String toString() {
		return "ClusterNode[" + this.nodes.here() + "]";
	}

}
