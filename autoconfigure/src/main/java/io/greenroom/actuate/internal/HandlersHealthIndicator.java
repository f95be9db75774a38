package io.greenroom.actuate.internal;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.Handlers;
import io.greenroom.observe.OutboxGauges;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Down when a handler is dead: its processing loop has thrown and was given up. A handler
 * that was shut down, or whose loop came to its end, is well. Tells what waits of durable
 * oneway calls, and how many were given up, which is no reason to be down.
 */
public final class HandlersHealthIndicator extends AbstractHealthIndicator {

	private final Handlers handlers;

	private final Supplier<Map<String, ? extends OutboxGauges>> backlog;

	/**
	 * Makes the indicator.
	 * @param handlers the handlers to look at
	 * @param backlog gives what waits of the handlers with durable oneway calls
	 */
	public HandlersHealthIndicator(Handlers handlers, Supplier<Map<String, ? extends OutboxGauges>> backlog) {
		super("The handlers could not be looked at");
		this.handlers = handlers;
		this.backlog = backlog;
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
		Map<String, Map<String, Object>> outbox = new TreeMap<>();
		this.backlog.get()
			.forEach((handler, gauges) -> outbox.put(handler, Map.of("waiting", gauges.waiting(), "oldest",
					gauges.oldestAge().toString(), "deadLetters", gauges.dead())));
		if (!outbox.isEmpty()) {
			builder.withDetail("outbox", outbox);
		}
	}

}
