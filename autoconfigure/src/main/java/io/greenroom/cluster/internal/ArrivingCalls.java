package io.greenroom.cluster.internal;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

import io.greenroom.cluster.WireContext;
import io.greenroom.deferred.DeferredException;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.internal.ArrivedCall;
import io.greenroom.deferred.internal.BodyGuard;
import io.greenroom.deferred.internal.BodyGuard.NotBegunException;
import io.greenroom.deferred.internal.Delivering;
import io.greenroom.deferred.internal.HandlerChain;
import io.greenroom.durable.StaleInstanceException;
import io.greenroom.durable.internal.CallRun;
import io.greenroom.durable.internal.CallStore;
import io.greenroom.durable.internal.MadeCall;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.observe.ContextCarrier.Scope;
import io.greenroom.observe.internal.Failures;
import io.greenroom.wire.Answer;
import io.greenroom.wire.CodecException;
import io.greenroom.wire.Envelope;
import io.greenroom.wire.FailureForm;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** The owner's side of a handler whose keys are on several nodes. */
final class ArrivingCalls<K> implements Serving {

	/** Stands in for a method's signature: a hint that a key may have stored calls. */
	static final String HINT = "";

	private static final Logger log = LoggerFactory.getLogger(ArrivingCalls.class);

	private final ClusterNode node;

	private final Timer timer;

	private final KeyedHandler<K, ?> handler;

	private final CallForm form;

	private final FailureForm failures;

	private final WireContext context;

	private final Lanes lanes;

	private final Map<String, Method> methods;

	/** {@code null} if no answers are stored. */
	private final @Nullable CallStore calls;

	ArrivingCalls(ClusterNode node, Timer timer, KeyedHandler<K, ?> handler, CallForm form, FailureForm failures,
			WireContext context, @Nullable CallStore calls) {
		this.calls = calls;
		this.node = node;
		this.timer = timer;
		this.handler = handler;
		this.form = form;
		this.failures = failures;
		this.context = context;
		this.lanes = new Lanes(handler.name());
		this.methods = handler.family().signatures();
	}

	@Override
	public @Nullable String problem(Envelope call) {
		if (!call.method().equals(HINT) && !this.methods.containsKey(call.method())) {
			return "it has no method of this signature that callers may call; nodes of one cluster run the same version, or one that has what the others call";
		}
		try {
			this.handler.text(this.handler.key(call.key()));
			return null;
		}
		catch (IllegalArgumentException ex) {
			return ex.getMessage();
		}
	}

	@Override
	public void serve(Envelope call, Duration remaining, Reply reply) {
		if (call.method().equals(HINT)) {
			this.handler.hinted(call.key());
			reply.answered(Answer.returned(call, null));
			return;
		}
		this.lanes.run(call.key(), () -> {
			try {
				queue(call, remaining, reply);
			}
			catch (Throwable failure) {
				failed(call, failure, null, null, reply);
			}
		});
	}

	private void queue(Envelope call, Duration remaining, Reply reply) throws Throwable {
		Method method = java.util.Objects.requireNonNull(this.methods.get(call.method()));
		K key = this.handler.key(call.key());
		boolean oneway = call.mode() == Envelope.Mode.ACCEPTANCE;
		Arrival guard = new Arrival(call, key, method, remaining, reply);
		guard.beforeBody();
		@Nullable Object[] arguments;
		try {
			arguments = this.form.arguments(method, call.arguments());
		}
		catch (CodecException ex) {
			reply.answered(Answer.rejected(call, io.greenroom.wire.FailureData
				.rejected("%s.%s was rejected: %s".formatted(call.target(), call.method(), ex.getMessage()))));
			return;
		}
		List<HandlerChain.Waiting> chain = call.chain()
			.stream()
			.map((waiting) -> new HandlerChain.Waiting(waiting.target(), waiting.reading()))
			.toList();
		ArrivedCall arrived = this.handler.family().arrived(method, arguments, oneway, remaining, guard, chain);
		Object made;
		Scope scope = this.context.open(call.context());
		try {
			made = this.handler.call(key, arrived, guard);
		}
		catch (Throwable failure) {
			failed(call, failure, arrived, guard, reply);
			return;
		}
		finally {
			scope.close();
		}
		if (made instanceof CompletableFuture<?> future && !oneway) {
			this.timer.after(remaining, () -> {
				if (!future.isDone() && arrived.giveUp()) {
					reply.answered(Answer.moved(call));
				}
			});
			var _ = future.whenComplete((value, failure) -> ended(guard, value, failure, arrived));
		}
		else {
			returned(guard, made);
		}
	}

	private void ended(Arrival guard, @Nullable Object value, @Nullable Throwable failure, ArrivedCall arrived) {
		if (failure != null) {
			failed(guard.call, failure, arrived, guard, guard.reply);
		}
		else {
			returned(guard, value);
		}
	}

	private void returned(Arrival guard, @Nullable Object value) {
		Answer known = guard.known;
		guard.reply.answered((known != null) ? known : answer(guard.call, guard.method, value));
	}

	private Answer answer(Envelope call, Method method, @Nullable Object value) {
		boolean nothing = call.mode() == Envelope.Mode.ACCEPTANCE;
		try {
			return Answer.returned(call, nothing ? null : this.form.result(method, value));
		}
		catch (CodecException ex) {
			return Answer.threw(call,
					this.failures.write(new IllegalStateException("%s.%s has run, but its result can't be sent: %s"
						.formatted(call.target(), call.method(), ex.getMessage()))));
		}
	}

	private void failed(Envelope call, Throwable thrown, @Nullable ArrivedCall arrived, @Nullable Arrival guard,
			Reply reply) {
		Throwable failure = (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause()
				: thrown;
		boolean begun = arrived != null && arrived.isBegun();
		if (!begun && (failure instanceof NotBegunException || failure instanceof HandlerStoppedException)) {
			reply.answered(Answer.moved(call));
		}
		else if (failure instanceof StaleInstanceException && (!begun || (guard != null && guard.isStale()))) {
			reply.answered(Answer.stale(call, this.failures.write(failure)));
		}
		else if (guard != null && guard.isCut() && !(failure instanceof DeferredException)) {
			Failures.log(log, Level.WARN, failure,
					"{}.{} of another node may be made again, because its transaction has lost its connection to the database",
					call.target(), call.method());
			reply.answered(Answer.cut(call, this.failures.write(failure)));
		}
		else {
			reply.answered(Answer.threw(call, this.failures.write(failure)));
		}
	}

	@Override
	public void dropAll() {
		this.handler.drop((key) -> true, true);
	}

	@Override
	public void release() {
		this.handler.drop((key) -> !this.node.isHere(ClusteredKeys.target(this.handler, key)), false);
	}

	@Override
	public String toString() {
		return "ArrivingCalls[" + this.handler.name() + "]";
	}

	/** A call that has arrived, on the thread of its key. */
	private final class Arrival implements BodyGuard, CallRun.Answering {

		private final Envelope call;

		private final K key;

		private final Method method;

		private final Duration keep;

		private final Reply reply;

		/** {@code null} if the handler stores nothing. */
		private final @Nullable CallRun run;

		/** Whether the call is stored with what it has changed. */
		private final boolean stored;

		/** The answer from when the call was made before. */
		private volatile @Nullable Answer known;

		Arrival(Envelope call, K key, Method method, Duration remaining, Reply reply) {
			this.call = call;
			this.key = key;
			this.method = method;
			this.reply = reply;
			Duration twice = remaining.multipliedBy(2);
			this.keep = (twice.compareTo(CallRun.SHORTEST) > 0) ? twice : CallRun.SHORTEST;
			boolean durable = ArrivingCalls.this.calls != null;
			this.stored = durable && !ArrivingCalls.this.handler.family().type().isReadOnly(method);
			this.run = durable ? new CallRun(call.key(), method.getName(),
					ArrivingCalls.this.handler.family().isPassing(method), this) : null;
		}

		boolean isStale() {
			return this.run != null && this.run.isStale();
		}

		boolean isCut() {
			return this.run != null && this.run.isCut();
		}

		@Override
		public void beforeBody() {
			if (ArrivingCalls.this.handler.renewDropped(this.key) || !this.reply.mayBegin()) {
				throw new NotBegunException();
			}
		}

		/** Only a repeated sending can have been made before. */
		@Override
		public boolean isMade() {
			CallStore stored = ArrivingCalls.this.calls;
			if (!this.stored || stored == null || this.call.attempt() == 1) {
				return false;
			}
			String text;
			try {
				text = stored.find(this.call.id());
			}
			catch (RuntimeException unknown) {
				Failures.log(log, Level.DEBUG, unknown, "{}.{} could not be looked up", this.call.target(),
						this.call.method());
				throw new NotBegunException();
			}
			if (text != null) {
				this.known = StoredAnswer.read(this.call, text);
				ArrivingCalls.this.node.answeredFromStore();
			}
			return text != null;
		}

		@Override
		public boolean passOn() {
			Envelope again = this.call;
			ArrivingCalls.this.node.passOn(new Envelope(UUID.randomUUID().toString(), 1, again.handler(), again.key(),
					again.method(), again.arguments(), again.mode(),
					ArrivingCalls.this.handler.family().options().timeout(), again.context(), List.of()), this.stored);
			return true;
		}

		@Override
		public @Nullable Object run(Delivering.Body body) throws Throwable {
			return (this.run != null) ? this.run.run(body) : body.run();
		}

		@Override
		public MadeCall returned(@Nullable Object result) {
			if (result instanceof CompletionStage<?> stage) {
				CompletableFuture<?> future = stage.toCompletableFuture();
				return made((future.state() == Future.State.SUCCESS)
						? answer(this.call, this.method, future.resultNow()) : null);
			}
			return made(answer(this.call, this.method, result));
		}

		@Override
		public MadeCall threw(Throwable failure) {
			return made(Answer.threw(this.call, ArrivingCalls.this.failures.write(failure)));
		}

		private MadeCall made(@Nullable Answer answer) {
			return new MadeCall(this.call.id(), StoredAnswer.write(answer), this.keep);
		}

	}

}
