package io.greenroom.cluster.internal;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.greenroom.cluster.WireContext;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.internal.ArrivedCall;
import io.greenroom.deferred.internal.BodyGuard;
import io.greenroom.deferred.internal.BodyGuard.NotBegunException;
import io.greenroom.deferred.internal.HandlerChain;
import io.greenroom.durable.StaleInstanceException;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.observe.ContextCarrier.Scope;
import io.greenroom.wire.Answer;
import io.greenroom.wire.CodecException;
import io.greenroom.wire.Envelope;
import io.greenroom.wire.FailureForm;
import org.jspecify.annotations.Nullable;

/** The owner's side of a handler whose keys are on several nodes. */
final class ArrivingCalls<K> implements Serving {

	private final ClusterNode node;

	private final Timer timer;

	private final KeyedHandler<K, ?> handler;

	private final CallForm form;

	private final FailureForm failures;

	private final WireContext context;

	private final Lanes lanes;

	private final Map<String, Method> methods;

	ArrivingCalls(ClusterNode node, Timer timer, KeyedHandler<K, ?> handler, CallForm form, FailureForm failures,
			WireContext context) {
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
		if (!this.methods.containsKey(call.method())) {
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
		this.lanes.run(call.key(), () -> {
			try {
				queue(call, remaining, reply);
			}
			catch (Throwable failure) {
				failed(call, failure, null, reply);
			}
		});
	}

	private void queue(Envelope call, Duration remaining, Reply reply) throws Throwable {
		Method method = java.util.Objects.requireNonNull(this.methods.get(call.method()));
		K key = this.handler.key(call.key());
		BodyGuard guard = () -> {
			if (this.handler.renewDropped(key) || !reply.mayBegin()) {
				throw new NotBegunException();
			}
		};
		guard.beforeBody();
		@Nullable Object[] arguments;
		try {
			arguments = this.form.arguments(method, call.arguments());
		}
		catch (CodecException ex) {
			reply.answered(Answer.refused(call, io.greenroom.wire.FailureData
				.refused("%s.%s was refused: %s".formatted(call.target(), call.method(), ex.getMessage()))));
			return;
		}
		List<HandlerChain.Waiting> chain = call.chain()
			.stream()
			.map((waiting) -> new HandlerChain.Waiting(waiting.target(), waiting.reading()))
			.toList();
		boolean oneway = call.mode() == Envelope.Mode.ACCEPTANCE;
		ArrivedCall arrived = this.handler.family().arrived(method, arguments, oneway, remaining, guard, chain);
		Object made;
		Scope scope = this.context.open(call.context());
		try {
			made = this.handler.call(key, arrived, guard);
		}
		catch (Throwable failure) {
			failed(call, failure, arrived, reply);
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
			var _ = future.whenComplete((value, failure) -> ended(call, method, value, failure, arrived, reply));
		}
		else {
			returned(call, method, made, reply);
		}
	}

	private void ended(Envelope call, Method method, @Nullable Object value, @Nullable Throwable failure,
			ArrivedCall arrived, Reply reply) {
		if (failure != null) {
			failed(call, failure, arrived, reply);
		}
		else {
			returned(call, method, value, reply);
		}
	}

	private void returned(Envelope call, Method method, @Nullable Object value, Reply reply) {
		boolean nothing = call.mode() == Envelope.Mode.ACCEPTANCE;
		Answer answer;
		try {
			answer = Answer.returned(call, nothing ? null : this.form.result(method, value));
		}
		catch (CodecException ex) {
			answer = Answer.threw(call,
					this.failures.write(new IllegalStateException("%s.%s has run, but what it returned can't travel: %s"
						.formatted(call.target(), call.method(), ex.getMessage()))));
		}
		reply.answered(answer);
	}

	private void failed(Envelope call, Throwable thrown, @Nullable ArrivedCall arrived, Reply reply) {
		Throwable failure = (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause()
				: thrown;
		boolean begun = arrived != null && arrived.isBegun();
		if (!begun && (failure instanceof NotBegunException || failure instanceof HandlerStoppedException)) {
			reply.answered(Answer.moved(call));
		}
		else if (failure instanceof StaleInstanceException) {
			reply.answered(Answer.stale(call, this.failures.write(failure)));
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

}
