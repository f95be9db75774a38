package io.greenroom.cluster.internal;

import io.greenroom.wire.Message;

/** Sends a message, to this node too. */
interface Sender {

	/** Sends; returns {@code false} if it is known that it does not arrive. */
	boolean send(String to, Message message);

}
