package io.greenroom.spring.internal;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.internal.Handler;
import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects bodies that return the handler's own mutable state, or an object that reads it
 * later, because the receiver would read it while the handler changes it. Checks the
 * first call of each method whose result may be affected; when strict, all calls.
 */
final class LeakedStateCheck {

	private static final Logger log = LoggerFactory.getLogger(Deferred.class);

	private final Handler handler;

	private final boolean strict;

	/** The checked methods, which several handlers may share. */
	private final Set<Method> seen;

	LeakedStateCheck(Handler handler, boolean strict, Set<Method> seen) {
		this.handler = handler;
		this.strict = strict;
		this.seen = seen;
	}

	/**
	 * Checks the result of a body, on the thread that ran it.
	 * @param method the body's method
	 * @param result its result
	 * @return the result for the caller
	 */
	@Nullable Object check(Method method, @Nullable Object result) {
		if (result == null || OwnState.isPlain(result) || (!this.strict && this.seen.contains(method))) {
			return result;
		}
		if (result instanceof CompletionStage<?> stage
				&& !(result instanceof CompletableFuture<?> future && future.isDone())) {
			return checkLater(method, stage);
		}
		this.seen.add(method);
		String found = ask(() -> OwnState.in(this.handler.target()).findIn(result));
		if (found != null) {
			complain(method, found);
		}
		return result;
	}

	/**
	 * The value of a stage that completes later is checked then, by the completing
	 * thread.
	 */
	private Object checkLater(Method method, CompletionStage<?> stage) {
		CompletableFuture<@Nullable Object> checked = new CompletableFuture<>();
		stage.whenComplete((value, failure) -> {
			if (failure != null) {
				checked.completeExceptionally(failure);
				return;
			}
			try {
				checkValue(method, value);
				checked.complete(value);
			}
			catch (Throwable found) {
				checked.completeExceptionally(found);
			}
		});
		return this.strict ? checked : stage;
	}

	private void checkValue(Method method, @Nullable Object value) {
		if (value == null || OwnState.isPlain(value) || (!this.seen.add(method) && !this.strict)) {
			return;
		}
		// Outside of a turn, nothing but the fields may be read.
		String found = ask(() -> OwnState.inFieldsOf(this.handler.target()).findIn(value));
		if (found != null) {
			complain(method, found);
		}
	}

	private @Nullable String ask(ForeignCode.Question<@Nullable String> question) {
		return ForeignCode.<@Nullable String>ask(log,
				"The check of what handler '%s' hands out".formatted(this.handler.name()), null, question);
	}

	private void complain(Method method, String found) {
		String message = "%s.%s returned %s".formatted(this.handler.name(), method.getName(), found);
		if (this.strict) {
			throw new IllegalStateException(message + " (greenroom.deferred.strict is on)");
		}
		log.warn("{}. (Logged once for each method; greenroom.deferred.strict=true makes this an error)", message);
	}

}
