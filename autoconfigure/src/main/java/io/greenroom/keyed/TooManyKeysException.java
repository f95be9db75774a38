package io.greenroom.keyed;

import java.io.Serial;

import io.greenroom.deferred.DeferredException;

/**
 * There are as many instances of a handler by key as there may be, and none became idle
 * within the caller's time: the call was not made.
 */
public final class TooManyKeysException extends DeferredException {

	@Serial
	private static final long serialVersionUID = 1L;

	TooManyKeysException(String message) {
		super(message, null);
	}

}
