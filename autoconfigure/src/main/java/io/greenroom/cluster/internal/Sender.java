package io.greenroom.cluster.internal;

import io.greenroom.wire.Message;

/** Sends messages, also from this node to itself. */
interface Sender {

	/**
	 * Sends a message; returns {@code false} if it is certain that it does not arrive.
	 */
	boolean send(String to, Message message);

}
