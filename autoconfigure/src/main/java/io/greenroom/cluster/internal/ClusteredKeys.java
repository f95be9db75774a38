package io.greenroom.cluster.internal;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReferenceArray;

import io.greenroom.cluster.NoQuorumException;
import io.greenroom.cluster.OwnerLostException;
import io.greenroom.cluster.RemoteFailureException;
import io.greenroom.cluster.WireContext;
import io.greenroom.deferred.DeferredException;
import io.greenroom.deferred.internal.BodyGuard;
import io.greenroom.deferred.internal.BodyGuard.NotBegunException;
import io.greenroom.deferred.internal.Delivering;
import io.greenroom.deferred.internal.HandlerChain;
import io.greenroom.deferred.internal.HandlerFamily;
import io.greenroom.deferred.internal.RoutedCall;
import io.greenroom.durable.StaleInstanceException;
import io.greenroom.durable.internal.CallRun;
import io.greenroom.durable.internal.CallStore;
import io.greenroom.keyed.internal.KeyRouter;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.observe.CallMode;
import io.greenroom.observe.internal.Failures;
import io.greenroom.wire.Answer;
import io.greenroom.wire.Codec;
import io.greenroom.wire.Envelope;
import io.greenroom.wire.FailureData;
import io.greenroom.wire.FailureForm;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The caller's side of a handler whose keys are on several nodes. A call runs here if
 * this node owns the key, and on the owner otherwise.
 */
final class ClusteredKeys<K> implements KeyRouter<K> {

	private static final Logger log = LoggerFactory.getLogger(ClusteredKeys.class);

	/** After this time the owner has found out by itself. */
	private static final Duration HINTING = Duration.ofSeconds(1);

	/** How many targets are remembered; a power of two. */
	private static final int REMEMBERED = 1024;

	private final ClusterNode node;

	private final KeyedHandler<K, ?> handler;

	private final KeyRouter<K> here;

	private final AtomicReferenceArray<@Nullable Target<K>> targets = new AtomicReferenceArray<>(REMEMBERED);

	private final CallForm form;

	private final FailureForm failures;

	private final WireContext context;

	/**
	 * Whether calls may be made again, because their ids are stored with what they write.
	 */
	private final boolean durable;

	private final ArrivingCalls<K> arriving;

	ClusteredKeys(ClusterNode node, Timer timer, KeyedHandler<K, ?> handler, KeyRouter<K> here, Codec codec,
			WireContext context, @Nullable CallStore calls) {
		this.node = node;
		this.handler = handler;
		this.here = here;
		this.form = new CallForm(codec);
		this.failures = new FailureForm(codec);
		this.context = context;
		this.durable = calls != null;
		this.arriving = new ArrivingCalls<>(node, timer, handler, this.form, this.failures, context, calls);
	}

	Serving arriving() {
		return this.arriving;
	}

	@Override
	public @Nullable Object call(K key, RoutedCall call) throws Throwable {
		if (this.handler.isHeld(key)) {
			return this.here.call(key, call);
		}
		String target = target(key);
		long start = System.nanoTime();
		if (!this.node.isHere(target)) {
			return elsewhere(key, target, call, start);
		}
		LocalCall mine = new LocalCall(key, target, call);
		Object made;
		try {
			made = this.handler.call(key, call, mine);
		}
		catch (NotBegunException moved) {
			return elsewhere(key, target, call, start);
		}
		catch (Throwable failure) {
			if (!mine.isMadeAgain(failure)) {
				throw failure;
			}
			return elsewhere(key, target, call, start);
		}
		return (made instanceof CompletableFuture<?> future && !call.isDelivery()) ? orElsewhere(future, mine, start)
				: made;
	}

	@Override
	public boolean isHere(K key) {
		return this.node.isHere(target(key));
	}

	@Override
	public void hint(K key) {
		this.node.call(new Envelope(UUID.randomUUID().toString(), 1, this.handler.name(), text(key), ArrivingCalls.HINT,
				"", Envelope.Mode.ACCEPTANCE, HINTING, Map.of(), List.of()), true, (outcome) -> {
				});
	}

	@SuppressWarnings("unchecked")
	private CompletableFuture<@Nullable Object> orElsewhere(CompletableFuture<?> made, LocalCall mine, long start) {
		CompletableFuture<@Nullable Object> future = (CompletableFuture<@Nullable Object>) made;
		if (future.isDone() && !future.isCompletedExceptionally()) {
			return future;
		}
		return future.exceptionallyCompose((failure) -> {
			if (!(failure instanceof NotBegunException) && !mine.isMadeAgain(failure)) {
				return CompletableFuture.failedFuture(failure);
			}
			try {
				Object moved = elsewhere(mine.key, mine.target, mine.call, start);
				return (moved instanceof CompletableFuture<?> later) ? (CompletableFuture<@Nullable Object>) later
						: CompletableFuture.completedFuture(moved);
			}
			catch (Throwable other) {
				return CompletableFuture.failedFuture(other);
			}
		});
	}

	/**
	 * Makes the call on whichever node owns the key, now or later.
	 * @param start when the call began
	 */
	private @Nullable Object elsewhere(K key, String target, RoutedCall call, long start) throws Throwable {
		if (call.isWaking()) {
			// The owner of the key wakes it.
			return null;
		}
		if (call.isDelivery()) {
			// The owner of the key delivers it.
			throw new NotBegunException();
		}
		if (call.isAfterCommit()) {
			Envelope committed = envelope(key, call, this.handler.family().options().timeout(), List.of());
			call.whenCommitted(() -> this.node.passOn(committed, isRepeatable(call)));
			return call.nothing();
		}
		Duration left = call.timeLeft().minusNanos(System.nanoTime() - start);
		Envelope envelope = envelope(key, call, left.isPositive() ? left : Duration.ofNanos(1), chain(call));
		if (Incoming.isCircle(envelope, call.isReadOnly())) {
			call.rejected("deadlock");
			throw Incoming.deadlock(envelope);
		}
		CompletableFuture<Outcome> outcome = new CompletableFuture<>();
		this.node.call(envelope, isRepeatable(call), outcome::complete);
		if (call.mode() == CallMode.ASYNC) {
			Object future = later(outcome, envelope, call);
			return future;
		}
		try {
			return result(outcome.get(), envelope, call);
		}
		catch (InterruptedException ex) {
			this.node.forget(envelope.id());
			throw call.interrupted("Interrupted while waiting for %s.%s on another node; the call may continue there"
				.formatted(target, call.method()), ex);
		}
		catch (ExecutionException neverSo) {
			throw new IllegalStateException(neverSo);
		}
	}

	private Envelope envelope(K key, RoutedCall call, Duration left, List<Envelope.Waiting> chain) {
		Method method = call.declared();
		return new Envelope(UUID.randomUUID().toString(), 1, this.handler.name(), text(key),
				HandlerFamily.signature(method), this.form.arguments(method, call.arguments()),
				(call.mode() == CallMode.ONEWAY) ? Envelope.Mode.ACCEPTANCE : Envelope.Mode.ANSWER, left,
				this.context.capture(), chain);
	}

	private boolean isRepeatable(RoutedCall call) {
		return this.durable || call.isReadOnly();
	}

	/** Sends a oneway call that was accepted here to the present owner of its key. */
	private void passOn(K key, RoutedCall call) {
		this.node.passOn(envelope(key, call, this.handler.family().options().timeout(), List.of()), isRepeatable(call));
	}

	/**
	 * As {@link #target(KeyedHandler, Object)}, and remembers the last ones: each call of
	 * an own key asks twice who owns its target.
	 */
	private String target(K key) {
		int hash = key.hashCode();
		// The last bits of generated numbers are often the same.
		int place = (hash ^ (hash >>> 16)) & (REMEMBERED - 1);
		Target<K> known = this.targets.get(place);
		if (known == null || !known.key().equals(key)) {
			known = new Target<>(key, target(this.handler, key));
			this.targets.set(place, known);
		}
		return known.text();
	}

	/** Returns the text by which a key gets its owner. */
	static <K> String target(KeyedHandler<K, ?> handler, K key) {
		return handler.name() + "[" + text(key) + "]";
	}

	private static <K> String text(K key) {
		return (key instanceof Enum<?> constant) ? constant.name() : key.toString();
	}

	private static List<Envelope.Waiting> chain(RoutedCall call) {
		return (call.mode() != CallMode.SYNC) ? List.of()
				: HandlerChain.current()
					.stream()
					.map((waiting) -> new Envelope.Waiting(waiting.target(), waiting.reading()))
					.toList();
	}

	private CompletableFuture<@Nullable Object> later(CompletableFuture<Outcome> outcome, Envelope envelope,
			RoutedCall call) {
		CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
		var _ = outcome.whenComplete((came, never) -> {
			try {
				Object value = result(came, envelope, call);
				boolean future = call.isRecorded()
						&& CompletableFuture.class.isAssignableFrom(call.declared().getReturnType());
				result.complete(future ? CompletableFuture.completedFuture(value) : value);
			}
			catch (Throwable failure) {
				result.completeExceptionally(failure);
			}
		});
		return result;
	}

	private @Nullable Object result(Outcome outcome, Envelope envelope, RoutedCall call) throws Throwable {
		String what = envelope.target() + "." + call.method();
		return switch (outcome) {
			case Outcome.Answered(Answer answer) -> result(answer, what, call);
			case Outcome.OwnerLost(String node) -> throw new OwnerLostException(
					"%s may have run completely, in part or not at all, because node %s, which had the call, has left the cluster; check its effects before you call again, or make the handler @Durable, whose calls are repeated safely"
						.formatted(what, node));
			case Outcome.NoQuorum(String found) -> {
				call.rejected("quorum");
				throw new NoQuorumException(
						"%s was not made, because this node sees %s, and the others may be working elsewhere; check greenroom.cluster.quorum and the network between the nodes"
							.formatted(what, found));
			}
			case Outcome.TimedOut(String found) ->
				throw call.timedOut("%s did not answer within %s: %s".formatted(what, envelope.remaining(), found));
		};
	}

	private @Nullable Object result(Answer answer, String what, RoutedCall call) throws Throwable {
		FailureData failure = answer.failure();
		return switch (answer.kind()) {
			case RETURNED -> (call.mode() == CallMode.ONEWAY || answer.value() == null) ? call.nothing()
					: this.form.result(call.declared(), answer.value());
			case THREW, STALE, CUT, MOVED -> throw call.calledFrom(thrown(failure, what));
			case REJECTED -> throw new RemoteFailureException(
					(failure != null) ? String.valueOf(failure.message()) : what, "", null);
		};
	}

	private Throwable thrown(@Nullable FailureData failure, String what) {
		if (failure == null) {
			return new RemoteFailureException(what + " failed on another node", "", null);
		}
		ClassLoader loader = this.handler.family().type().type().getClassLoader();
		Throwable made = this.failures.read(failure, loader);
		if (made != null) {
			return made;
		}
		FailureData cause = failure.cause();
		RemoteFailureException described = new RemoteFailureException(
				"%s threw %s on another node".formatted(what, FailureForm.describe(failure)), failure.type(),
				(cause != null) ? thrown(cause, what) : null);
		described.setStackTrace(failure.frames().toArray(StackTraceElement[]::new));
		return described;
	}

	private record Target<K>(K key, String text) {

	}

	/** A call by this node of a key of this node. */
	private final class LocalCall implements BodyGuard {

		private final K key;

		private final String target;

		private final RoutedCall call;

		/** {@code null} if nothing is stored. */
		private final @Nullable CallRun run;

		LocalCall(K key, String target, RoutedCall call) {
			this.key = key;
			this.target = target;
			this.call = call;
			this.run = (ClusteredKeys.this.durable && !call.isWaking())
					? new CallRun(text(key), call.method(), call.isPassing(), null) : null;
		}

		/** Returns whether nothing of the call was stored, and its caller still waits. */
		boolean isMadeAgain(Throwable failure) {
			if (this.run == null) {
				return false;
			}
			if (failure instanceof DeferredException) {
				return failure instanceof StaleInstanceException && this.run.isStale();
			}
			if (this.run.isCut()) {
				Failures.log(log, Level.WARN, failure,
						"{}.{} is made again, because its transaction has lost its connection to the database",
						this.target, this.call.method());
			}
			return this.run.isCut();
		}

		@Override
		public void beforeBody() {
			ClusteredKeys<K> keys = ClusteredKeys.this;
			if (keys.handler.renewDropped(this.key) || !keys.node.isHere(this.target)) {
				throw new NotBegunException();
			}
		}

		@Override
		public boolean passOn() {
			ClusteredKeys.this.passOn(this.key, this.call);
			return true;
		}

		@Override
		public @Nullable Object run(Delivering.Body body) throws Throwable {
			return (this.run != null) ? this.run.run(body) : body.run();
		}

	}

}
