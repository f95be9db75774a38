package io.greenroom.cluster;

import java.io.Serial;

import io.greenroom.deferred.DeferredException;
import org.jspecify.annotations.Nullable;

/**
 * A body on another node threw what can't be made anew here: its class is not here, or
 * has no constructor that takes its properties or a message. Or the other node does not
 * know the handler or the method that was called. The message has the text of it, and the
 * stack is that of the other node.
 */
public final class RemoteFailureException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	/** The name of the class. */
	private final String type;

	/**
	 * Makes the exception: for Greenroom, and for tests of code that catches it.
	 * @param message what was thrown
	 * @param type the name of the class of what was thrown; empty if nothing was
	 * @param cause the cause of it, if anything
	 */
	public RemoteFailureException(String message, String type, @Nullable Throwable cause) {
		super(message, cause);
		this.type = type;
	}

	/**
	 * Returns what was thrown.
	 * @return the name of its class; empty if the call was refused
	 */
	public String type() {
		return this.type;
	}

}
