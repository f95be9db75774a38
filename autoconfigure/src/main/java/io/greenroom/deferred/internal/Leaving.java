package io.greenroom.deferred.internal;

import java.lang.reflect.Method;
import java.util.Set;

import io.greenroom.observe.internal.KotlinCode;
import org.jspecify.annotations.Nullable;

/**
 * Finds methods whose bodies are not over when they return. What they return runs the
 * rest later, wherever it is subscribed to, and that is outside the handler's turn.
 */
final class Leaving {

	/** By name, because they may be absent. */
	private static final Set<String> REACTIVE = Set.of("org.reactivestreams.Publisher",
			"java.util.concurrent.Flow$Publisher", "kotlinx.coroutines.flow.Flow", "kotlinx.coroutines.Deferred",
			"io.smallrye.mutiny.Uni", "io.reactivex.rxjava3.core.ObservableSource",
			"io.reactivex.rxjava3.core.SingleSource", "io.reactivex.rxjava3.core.MaybeSource",
			"io.reactivex.rxjava3.core.CompletableSource", "io.reactivex.ObservableSource", "io.reactivex.SingleSource",
			"io.reactivex.MaybeSource", "io.reactivex.CompletableSource");

	private Leaving() {
	}

	/**
	 * Returns what is wrong with a method, to follow its name; {@code null} if nothing
	 * is.
	 */
	static @Nullable String problem(Method method) {
		Class<?> result = method.getReturnType();
		if (isReactive(result)) {
			return "returns %s, which runs its steps when it is subscribed to, outside the handler's turn and perhaps several at once; return the value itself, or a CompletableFuture of it, and create the %s where the handler is called, for instance from Deferred#async"
				.formatted(result.getSimpleName(), result.getSimpleName());
		}
		if (KotlinCode.isSuspending(method)) {
			return "is a suspending function, which leaves the handler's turn when it suspends and continues outside it; make it an ordinary function";
		}
		return null;
	}

	/**
	 * Returns whether objects of a type run what they stand for when they are subscribed
	 * to.
	 */
	static boolean isReactive(Class<?> type) {
		for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
			if (REACTIVE.contains(level.getName())) {
				return true;
			}
			for (Class<?> implemented : level.getInterfaces()) {
				if (isReactive(implemented)) {
					return true;
				}
			}
		}
		return false;
	}

}
