package io.greenroom.test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.internal.HandlerProbe;
import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/**
 * A call that waits in a handler's mailbox.
 *
 * @param method the name of the called method, {@code async} for a function that was
 * passed to {@link Deferred#async}
 * @param mode how it was called
 * @param caller the name of the thread that waits for a sync call, or the place that has
 * made a oneway call; {@code null} if that is unknown. Places are looked up for the first
 * few calls only, because a flood of calls must not pay for it
 * @param arguments what the caller has passed
 */
public record QueuedCall(String method, CallMode mode, @Nullable String caller, List<@Nullable Object> arguments) {

	/** Copies the list. */
	public QueuedCall {
		arguments = Collections.unmodifiableList(new ArrayList<>(arguments));
	}

	/**
	 * Returns the calls that wait for a handler, urgent ones first and then in their
	 * order. They are exact while the handler takes none: under the deterministic
	 * scheduler, in a {@link HeldMailbox}, and if the handler is busy.
	 * @param handle the handler's handle
	 * @return a copy
	 * @throws IllegalArgumentException if the handle has no mailbox of its own, because
	 * its handler is one by key, or is a mock
	 */
	public static List<QueuedCall> of(Deferred<?> handle) {
		return of(HandlerProbe.of(handle));
	}

	static List<QueuedCall> of(HandlerProbe handler) {
		return handler.queued()
			.stream()
			.map((call) -> new QueuedCall(call.method(), call.mode(), call.caller(), call.arguments()))
			.toList();
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder(this.mode.name().toLowerCase(Locale.ROOT)).append(' ')
			.append(this.method)
			.append('(');
		for (int i = 0; i < this.arguments.size(); i++) {
			text.append((i > 0) ? ", " : "").append(this.arguments.get(i));
		}
		return text.append(')').append((this.caller != null) ? " by " + this.caller : "").toString();
	}

}
