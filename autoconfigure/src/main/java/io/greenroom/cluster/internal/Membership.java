package io.greenroom.cluster.internal;

import org.jspecify.annotations.Nullable;

/** Knows whether this node may work, and on which keys. */
final class Membership {

	private final Nodes nodes;

	private final int quorum;

	private volatile boolean leaving;

	Membership(Nodes nodes, int quorum) {
		this.nodes = nodes;
		this.quorum = quorum;
	}

	int size() {
		return this.nodes.size();
	}

	int quorum() {
		return this.quorum;
	}

	boolean hasQuorum() {
		return this.nodes.size() >= this.quorum;
	}

	/** Returns whether calls of a key may run here. */
	boolean mayServe(String target) {
		return !this.leaving && hasQuorum() && this.nodes.isHere(target);
	}

	String here() {
		return this.nodes.here();
	}

	boolean isHere(String node) {
		return this.nodes.here().equals(node);
	}

	boolean isLeaving() {
		return this.leaving;
	}

	@Nullable String owner(String target) {
		return this.nodes.owner(target);
	}

	boolean isThere(String node) {
		return this.nodes.members().contains(node);
	}

	void leave() {
		this.leaving = true;
	}

	String describe() {
		return "%s of at least %s nodes".formatted(this.nodes.size(), this.quorum);
	}

}
