package io.greenroom.green;

import java.io.Serial;
import java.util.concurrent.CancellationException;

/** The outcome of a green thread that was killed without a cause of its own. */
public final class GreenThreadKilledException extends CancellationException {

	@Serial
	private static final long serialVersionUID = 1L;

	GreenThreadKilledException(String thread) {
		super("Green thread '" + thread + "' was killed");
	}

}
