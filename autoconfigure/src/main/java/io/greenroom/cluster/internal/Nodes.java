package io.greenroom.cluster.internal;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The cluster as one of its nodes sees it: which nodes there are, which of them owns a
 * key, and how to send a message. A process that is started again is a new node. For
 * integrations; applications don't use it. Safe for use by multiple threads. No method
 * waits for another node, unless it says so.
 */
public interface Nodes extends AutoCloseable {

	/**
	 * Returns the id of this node.
	 * @return the id
	 */
	String here();

	/**
	 * Returns the nodes that this one knows to be there.
	 * @return their ids, including that of this node
	 */
	Set<String> members();

	/**
	 * Returns how many nodes this node sees, itself included.
	 * @return their number
	 */
	default int size() {
		return members().size();
	}

	/**
	 * Returns the owner of a key.
	 * @param target the handler and the key
	 * @return the owner's id; {@code null} while there is none
	 */
	@Nullable String owner(String target);

	/**
	 * Returns whether this node owns a key. Each call of an own key asks twice.
	 * @param target the handler and the key
	 * @return whether the owner is this node
	 */
	default boolean isHere(String target) {
		return here().equals(owner(target));
	}

	/**
	 * Sends a message to another node. It may arrive once, more than once or never.
	 * Messages that arrive do so in the order in which they were sent.
	 * @param to the id of the node
	 * @param message the message
	 * @return {@code false} if it is certain that the message does not arrive
	 */
	boolean send(String to, byte[] message);

	/**
	 * Begins to report events. Called once.
	 * @param events the listener
	 */
	void start(Events events);

	/**
	 * Lets this node own keys from now on. Until then it only calls other nodes.
	 */
	default void takeKeys() {
	}

	/**
	 * Hands the keys of this node over to the others, if there are any, and waits for
	 * that for a bounded time. This node can still call and answer.
	 */
	default void giveKeysAway() {
	}

	/**
	 * Returns the share of all keys that this node owns.
	 * @return the share, from 0 to 1
	 */
	default double share() {
		return 0;
	}

	/**
	 * Returns the name of this node for operators.
	 * @return the name, such as an address
	 */
	default String label() {
		return here();
	}

	/** Leaves the cluster. */
	@Override
	default void close() {
	}

	/** Receives what happens to a node. No method may block. */
	interface Events {

		/**
		 * A message has arrived.
		 * @param from the id of the sender
		 * @param message the message
		 */
		void received(String from, byte[] message);

		/**
		 * Another node is gone, as far as this one knows.
		 * @param node its id
		 */
		void left(String node);

		/** Keys may have another owner, or a node has joined. */
		void changed();

		/** This node was separated from others, and has joined them again. */
		void merged();

	}

}
