package io.greenroom.observe;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells several observers. What one of them throws is logged and goes no further. */
final class CompositeObserver implements Observer {

	private static final Logger log = LoggerFactory.getLogger(Observer.class);

	private static final String LISTENER = "A listener of an observer";

	private final List<Observer> observers;

	CompositeObserver(List<Observer> observers) {
		this.observers = observers;
	}

	@Override
	public ThreadListener threads(String scheduler, ThreadGauges gauges) {
		List<ThreadListener> listeners = ask((observer) -> observer.threads(scheduler, gauges), ThreadListener.NONE);
		return listeners.isEmpty() ? ThreadListener.NONE : new ThreadListener() {

			@Override
			public void spawned() {
				tell(listeners, ThreadListener::spawned);
			}

			@Override
			public void failed(String thread, Throwable failure) {
				tell(listeners, (listener) -> listener.failed(thread, failure));
			}

		};
	}

	@Override
	public HandlerListener handler(String handler, HandlerGauges gauges) {
		List<HandlerListener> listeners = ask((observer) -> observer.handler(handler, gauges), HandlerListener.NONE);
		boolean timed = listeners.stream()
			.anyMatch((listener) -> ForeignCode.ask(log, LISTENER, false, listener::isTimed));
		return listeners.isEmpty() ? HandlerListener.NONE : new HandlerListener() {

			@Override
			public boolean isTimed() {
				return timed;
			}

			@Override
			public @Nullable BodyListener bodies() {
				return CompositeObserver.bodies(listeners, HandlerListener::bodies);
			}

			@Override
			public void ended(String method, CallMode mode, CallOutcome outcome, Duration waited, Duration ran) {
				endedNanos(method, mode, outcome, waited.toNanos(), ran.toNanos());
			}

			// Of each call: without an object for telling it.
			@Override
			public void endedNanos(String method, CallMode mode, CallOutcome outcome, long waited, long ran) {
				for (int i = 0; i < listeners.size(); i++) {
					try {
						listeners.get(i).endedNanos(method, mode, outcome, waited, ran);
					}
					catch (Throwable failure) {
						ForeignCode.passOver(log, LISTENER, failure);
					}
				}
			}

			@Override
			public void rejected(String method, CallMode mode, String reason) {
				tell(listeners, (listener) -> listener.rejected(method, mode, reason));
			}

			@Override
			public void abandoned(String method) {
				tell(listeners, (listener) -> listener.abandoned(method));
			}

			@Override
			public void onewayFailed(String method, Throwable failure) {
				tell(listeners, (listener) -> listener.onewayFailed(method, failure));
			}

			@Override
			public void busy(String method, Duration since, List<StackTraceElement> stack) {
				tell(listeners, (listener) -> listener.busy(method, since, stack));
			}

			@Override
			public void loopFailed(Throwable failure, boolean restarting) {
				tell(listeners, (listener) -> listener.loopFailed(failure, restarting));
			}

		};
	}

	@Override
	public KeyedListener keyed(String handler, KeyedGauges gauges) {
		List<KeyedListener> listeners = ask((observer) -> observer.keyed(handler, gauges), KeyedListener.NONE);
		return listeners.isEmpty() ? KeyedListener.NONE : new KeyedListener() {

			@Override
			public void activated(boolean success, Duration took) {
				tell(listeners, (listener) -> listener.activated(success, took));
			}

			@Override
			public void passivated(String reason) {
				tell(listeners, (listener) -> listener.passivated(reason));
			}

		};
	}

	@Override
	public OutboxListener outbox(String handler, OutboxGauges gauges) {
		List<OutboxListener> listeners = ask((observer) -> observer.outbox(handler, gauges), OutboxListener.NONE);
		return listeners.isEmpty() ? OutboxListener.NONE : new OutboxListener() {

			@Override
			public void attempted(String method, String outcome, Duration took) {
				tell(listeners, (listener) -> listener.attempted(method, outcome, took));
			}

		};
	}

	@Override
	public void cluster(ClusterGauges gauges) {
		tell(this.observers, (observer) -> observer.cluster(gauges));
	}

	@Override
	public MachineListener machine(String machine) {
		List<MachineListener> listeners = ask((observer) -> observer.machine(machine), MachineListener.NONE);
		return listeners.isEmpty() ? MachineListener.NONE : new MachineListener() {

			@Override
			public @Nullable BodyListener bodies() {
				return CompositeObserver.bodies(listeners, MachineListener::bodies);
			}

			@Override
			public void moved(@Nullable String from, String to, Duration spent) {
				tell(listeners, (listener) -> listener.moved(from, to, spent));
			}

			@Override
			public void rejected(@Nullable String from, String to) {
				tell(listeners, (listener) -> listener.rejected(from, to));
			}

			@Override
			public void failed(String state, Throwable failure) {
				tell(listeners, (listener) -> listener.failed(state, failure));
			}

			@Override
			public void ended(String state, Duration spent) {
				tell(listeners, (listener) -> listener.ended(state, spent));
			}

			@Override
			public void forgotten(String state) {
				tell(listeners, (listener) -> listener.forgotten(state));
			}

		};
	}

	@Override
	public PoolListener pool(String pool, PoolGauges gauges) {
		List<PoolListener> listeners = ask((observer) -> observer.pool(pool, gauges), PoolListener.NONE);
		return listeners.isEmpty() ? PoolListener.NONE : new PoolListener() {

			@Override
			public void started(Duration waited) {
				startedNanos(waited.toNanos());
			}

			@Override
			public void ended(Duration used) {
				endedNanos(used.toNanos());
			}

			// Of each slot: without an object for telling it.
			@Override
			public void startedNanos(long waited) {
				for (int i = 0; i < listeners.size(); i++) {
					try {
						listeners.get(i).startedNanos(waited);
					}
					catch (Throwable failure) {
						ForeignCode.passOver(log, LISTENER, failure);
					}
				}
			}

			@Override
			public void endedNanos(long used) {
				for (int i = 0; i < listeners.size(); i++) {
					try {
						listeners.get(i).endedNanos(used);
					}
					catch (Throwable failure) {
						ForeignCode.passOver(log, LISTENER, failure);
					}
				}
			}

			@Override
			public void rejected(String reason) {
				tell(listeners, (listener) -> listener.rejected(reason));
			}

		};
	}

	@Override
	public void reported(ProblemReport report) {
		tell(this.observers, (observer) -> observer.reported(report));
	}

	private static <L> @Nullable BodyListener bodies(List<L> listeners, Function<L, @Nullable BodyListener> question) {
		List<BodyListener> found = new ArrayList<>();
		for (L listener : listeners) {
			BodyListener bodies = ForeignCode.<@Nullable BodyListener>ask(log, LISTENER, null,
					() -> question.apply(listener));
			if (bodies != null) {
				found.add(bodies);
			}
		}
		return switch (found.size()) {
			case 0 -> null;
			case 1 -> found.getFirst();
			default -> (name, mode) -> begin(found, name, mode);
		};
	}

	/** What begins first ends last. */
	private static BodyListener.Running begin(List<BodyListener> found, String name, @Nullable CallMode mode) {
		List<BodyListener.Running> begun = new ArrayList<>();
		for (BodyListener each : found) {
			begun.addFirst(ForeignCode.ask(log, LISTENER, BodyListener.Running.NONE, () -> each.begun(name, mode)));
		}
		return (failure) -> begun.forEach((each) -> ForeignCode.run(log, LISTENER, () -> each.ended(failure)));
	}

	private <L> List<L> ask(Function<Observer, L> question, L none) {
		List<L> listeners = new ArrayList<>();
		for (Observer observer : this.observers) {
			L listener = ForeignCode.ask(log, "An observer", none, () -> question.apply(observer));
			if (listener != null && listener != none) {
				listeners.add(listener);
			}
		}
		return List.copyOf(listeners);
	}

	private static <L> void tell(List<L> listeners, Consumer<L> message) {
		for (L listener : listeners) {
			ForeignCode.run(log, LISTENER, () -> message.accept(listener));
		}
	}

}
