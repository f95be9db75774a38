package io.greenroom.deferred.internal;

import java.util.function.Consumer;

/**
 * The work of a handler that its {@link HandlerLifecycle} asks for: on the owner's
 * thread, or about the readers.
 */
interface OwnerWork {

	/** Owner: takes the handler; returns whether it has not ended before. */
	boolean take();

	/** Owner: runs calls until there is nothing left to do; may return earlier. */
	void serve();

	/** Returns how often calls were let in. */
	int turns();

	/** Returns whether bodies that read are under way. */
	boolean isRead();

	/** Ends the bodies that read; shows their calls to the consumer. */
	void endReading(Consumer<Call> left);

}
