package io.greenroom.actuate;

import java.util.Map;
import java.util.TreeMap;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.Handlers;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Down when a handler is dead: its processing loop has thrown and was given up. A handler
 * that was shut down, or whose loop came to its end, is well.
 */
public final class HandlersHealthIndicator extends AbstractHealthIndicator {

	private final Handlers handlers;

	/**
	 * Makes the indicator.
	 * @param handlers the handlers to look at
	 */
	public HandlersHealthIndicator(Handlers handlers) {
		super("The handlers could not be looked at");
		this.handlers = handlers;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		Map<String, String> dead = new TreeMap<>();
		for (Handler handler : this.handlers.all()) {
			Throwable failure = handler.failure();
			if (failure != null) {
				dead.put(handler.name(), failure.toString());
			}
		}
		if (dead.isEmpty()) {
			builder.up();
		}
		else {
			builder.down().withDetail("dead", dead);
		}
	}

}
