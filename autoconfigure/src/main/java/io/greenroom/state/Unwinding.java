package io.greenroom.state;

import java.io.Serial;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Ends a body that makes way for another: thrown by the call that moved, swallowed where
 * the body was entered. An {@link Error}, so that {@code catch (Exception ex)} does not
 * see it; without a stack trace, since it is control flow.
 */
final class Unwinding extends Error {

	@Serial
	private static final long serialVersionUID = 1L;

	Unwinding(String machine, String state) {
		super("%s leaves '%s'; let this pass".formatted(machine, state), null, true, false);
	}

	/** Returns whether a throwable is this one, or this one wrapped by somebody. */
	boolean isBehind(Throwable thrown) {
		Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		for (@Nullable
		Throwable link = thrown; link != null && seen.add(link); link = link.getCause()) {
			if (link == this) {
				return true;
			}
		}
		return false;
	}

}
