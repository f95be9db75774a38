package io.greenroom.context.internal;

import java.util.Map;
import java.util.Objects;

import io.greenroom.durable.internal.CallContext;
import io.greenroom.observe.ContextCarrier;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;

/**
 * Observes a stored call as a message that is sent and received. If there is a tracer, it
 * writes its trace into the call and continues it in the body, even after a restart.
 */
public final class ObservedCalls implements CallContext {

	private static final String PREFIX = "trace.";

	private final ObservationRegistry registry;

	private final String name;

	/**
	 * Creates the context of stored calls.
	 * @param registry the registry of the observations
	 */
	public ObservedCalls(ObservationRegistry registry) {
		this(registry, "greenroom.outbox");
	}

	/**
	 * Creates the context of calls of another kind.
	 * @param registry the registry of the observations
	 * @param name the prefix of the names of the observations
	 */
	public ObservedCalls(ObservationRegistry registry, String name) {
		this.name = Objects.requireNonNull(name, "name");
		this.registry = Objects.requireNonNull(registry, "registry");
	}

	@Override
	public void write(String call, Map<String, String> into) {
		if (this.registry.isNoop()) {
			return;
		}
		SenderContext<Map<String, String>> context = new SenderContext<>((carrier, name, value) -> {
			if (carrier != null) {
				carrier.put(PREFIX + name, value);
			}
		}, Kind.PRODUCER);
		context.setCarrier(into);
		Observation.createNotStarted(this.name + ".submit", () -> context, this.registry)
			.contextualName("submit " + call)
			.lowCardinalityKeyValue("call", call)
			.start()
			.stop();
	}

	@Override
	public ContextCarrier.Scope open(String call, Map<String, String> from) {
		if (this.registry.isNoop()) {
			return ContextCarrier.Scope.NONE;
		}
		ReceiverContext<Map<String, String>> context = new ReceiverContext<>(
				(carrier, name) -> (carrier != null) ? carrier.get(PREFIX + name) : null, Kind.CONSUMER);
		context.setCarrier(from);
		Observation observation = Observation.createNotStarted(this.name + ".deliver", () -> context, this.registry)
			.contextualName("deliver " + call)
			.lowCardinalityKeyValue("call", call)
			.start();
		Observation.Scope scope = observation.openScope();
		return () -> {
			scope.close();
			observation.stop();
		};
	}

}
