package io.greenroom.cluster.internal;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The nodes there are, as one of them sees them: who is there, who has which key, and a
 * way to say something. Each start of a process is another node. For integrations; users
 * don't need this. Safe for use by many threads; no method waits for another node.
 */
public interface Nodes extends AutoCloseable {

	/**
	 * Returns the id of this node.
	 * @return the id
	 */
	String here();

	/**
	 * Returns the nodes that are there, as far as this one knows.
	 * @return their ids, with this one's
	 */
	Set<String> members();

	/**
	 * Returns the node that has a key.
	 * @param target the handler and the key
	 * @return its id; {@code null} while nobody has it
	 */
	@Nullable String owner(String target);

	/**
	 * Says something to another node, which gets it once, more than once or never, and in
	 * the order of sending unless something is lost.
	 * @param to the id of the node
	 * @param message what to say
	 * @return {@code false} if it is known that the node does not and will not get it
	 */
	boolean send(String to, byte[] message);

	/**
	 * Begins to tell what happens. Called once.
	 * @param events who is told
	 */
	void start(Events events);

	/**
	 * Takes a share of the keys: from now on this node may own some. Until then it is a
	 * node that only calls.
	 */
	default void takeKeys() {
	}

	/**
	 * Gives this node's keys to the others, if there are any, and stays a node that can
	 * call and answer. Waits until they are there, for a bounded time.
	 */
	default void giveKeysAway() {
	}

	/**
	 * Returns how much of all keys this node owns.
	 * @return the share, from 0 to 1
	 */
	default double share() {
		return 0;
	}

	/**
	 * Returns what this node is called by those who look after it.
	 * @return the name, such as an address
	 */
	default String label() {
		return here();
	}

	/** Leaves. */
	@Override
	default void close() {
	}

	/** What happens to a node. None of these waits for anything. */
	interface Events {

		/**
		 * Another node has said something.
		 * @param from its id
		 * @param message what it said
		 */
		void received(String from, byte[] message);

		/**
		 * Another node is gone, as far as this one can tell.
		 * @param node its id
		 */
		void left(String node);

		/** Keys may have got another owner, or nodes have come. */
		void changed();

		/** This node was apart from the others, and is with them again. */
		void merged();

	}

}
