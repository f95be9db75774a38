package io.greenroom.cluster;

import java.io.Serial;

import io.greenroom.deferred.DeferredException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown when a body on another node threw an exception that can't be recreated here: its
 * class is missing, or has no constructor that takes its properties or a message. Also
 * thrown when the other node does not know the handler or the method. The message
 * describes the original exception, and the stack trace is that of the other node.
 */
public final class RemoteFailureException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String type;

	/**
	 * Creates the exception. Public for tests of code that catches it.
	 * @param message describes what was thrown
	 * @param type the class name of the original exception; empty if there was none
	 * @param cause the cause of the original exception, if it had one
	 */
	public RemoteFailureException(String message, String type, @Nullable Throwable cause) {
		super(message, cause);
		this.type = type;
	}

	/**
	 * Returns the class name of the original exception.
	 * @return the name; empty if the call was rejected before its body began
	 */
	public String type() {
		return this.type;
	}

}
