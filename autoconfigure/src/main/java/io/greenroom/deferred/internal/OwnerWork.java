package io.greenroom.deferred.internal;

import java.util.function.Consumer;

/**
 * The work of a handler that its {@link HandlerLifecycle} asks for: on the owner's
 * thread, or about the readers.
 */
interface OwnerWork {

	/** Owner: takes the handler; returns {@code false} if the handler has ended. */
	boolean take();

	/** Owner: runs calls until there is nothing left to do; may return earlier. */
	void serve();

	/** Returns how often calls were let in. */
	int turns();

	/** Returns whether read-only bodies are running. */
	boolean isRead();

	/** Ends the read-only bodies, and passes their calls to the consumer. */
	void endReading(Consumer<Call> left);

}
