package io.greenroom.actuate.internal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.Handlers;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.observe.OutboxGauges;
import io.greenroom.observe.internal.Failures;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Reports the status {@code DOWN} if a handler is dead, that is, if its processing loop
 * has thrown an exception and is not restarted. A handler that was shut down, or whose
 * loop has ended normally, is healthy. The details also show which bodies and loops are
 * stuck, and how many durable oneway calls are waiting. The {@link HealthTerms} determine
 * when these affect the status.
 */
public final class HandlersHealthIndicator extends AbstractHealthIndicator {

	/** The maximum number of stuck bodies and loops that are named. */
	private static final int NAMED = 10;

	private final Handlers handlers;

	private final Supplier<List<KeyedHandler<?, ?>>> keyed;

	private final Supplier<Map<String, ? extends OutboxGauges>> backlog;

	private final HealthTerms terms;

	/**
	 * Creates an indicator.
	 * @param handlers the handlers to check
	 * @param keyed supplies the handlers by key to check
	 * @param backlog supplies the numbers of waiting calls of the handlers with durable
	 * oneway calls
	 * @param terms the limits from which the status is affected
	 */
	public HandlersHealthIndicator(Handlers handlers, Supplier<List<KeyedHandler<?, ?>>> keyed,
			Supplier<Map<String, ? extends OutboxGauges>> backlog, HealthTerms terms) {
		super("The handlers could not be checked");
		this.handlers = handlers;
		this.keyed = keyed;
		this.backlog = backlog;
		this.terms = terms;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		builder.up();
		// The order matters: DOWN overrides the status for stuck handlers.
		lookForStuck(builder);
		lookForDead(builder);
		lookAtOutbox(builder);
	}

	private void lookForStuck(Health.Builder builder) {
		StuckHandlers stuck = new StuckHandlers(this.terms);
		this.handlers.all().forEach(stuck::look);
		this.keyed.get().forEach((family) -> family.awake().forEach(stuck::look));
		if (stuck.count() > 0) {
			builder.status(this.terms.stuckStatus())
				.withDetail("stuckCount", stuck.count())
				.withDetail("stuck", stuck.worst(NAMED));
		}
	}

	private void lookForDead(Health.Builder builder) {
		Map<String, String> dead = new TreeMap<>();
		for (Handler handler : this.handlers.all()) {
			Throwable failure = handler.failure();
			if (failure != null) {
				dead.put(handler.name(), Failures.describe(failure));
			}
		}
		if (!dead.isEmpty()) {
			builder.down().withDetail("dead", dead);
		}
	}

	private void lookAtOutbox(Health.Builder builder) {
		Map<String, Map<String, Object>> outbox = new TreeMap<>();
		this.backlog.get().forEach((handler, gauges) -> {
			Duration oldest = gauges.oldestAge();
			if (this.terms.isTooOld(oldest)) {
				builder.down();
			}
			outbox.put(handler, Map.of("waiting", gauges.waiting(), "oldest", oldest.toString(), "deadLetters",
					gauges.dead(), "tooOld", this.terms.isTooOld(oldest)));
		});
		if (!outbox.isEmpty()) {
			builder.withDetail("outbox", outbox);
		}
	}

}
