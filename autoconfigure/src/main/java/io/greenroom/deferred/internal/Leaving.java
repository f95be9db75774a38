package io.greenroom.deferred.internal;

import java.lang.reflect.Method;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Finds methods whose bodies are not over when they return: what they return runs the
 * rest of them later, wherever somebody subscribes to it, and that is outside the
 * handler's turn.
 */
final class Leaving {

	/** By their names, for they need not be there. */
	private static final Set<String> REACTIVE = Set.of("org.reactivestreams.Publisher",
			"java.util.concurrent.Flow$Publisher", "kotlinx.coroutines.flow.Flow", "kotlinx.coroutines.Deferred",
			"io.smallrye.mutiny.Uni", "io.reactivex.rxjava3.core.ObservableSource",
			"io.reactivex.rxjava3.core.SingleSource", "io.reactivex.rxjava3.core.MaybeSource",
			"io.reactivex.rxjava3.core.CompletableSource", "io.reactivex.ObservableSource", "io.reactivex.SingleSource",
			"io.reactivex.MaybeSource", "io.reactivex.CompletableSource");

	private Leaving() {
	}

	/**
	 * Returns what is wrong with a method, to follow its name; {@code null} for nothing.
	 */
	static @Nullable String problem(Method method) {
		Class<?> result = method.getReturnType();
		if (isReactive(result)) {
			return "returns %s, which runs its steps when it is subscribed to, outside the handler's turn and perhaps many at once; return the value itself, or a CompletableFuture of it, and make the %s where the handler is called, for instance from Deferred#async"
				.formatted(result.getSimpleName(), result.getSimpleName());
		}
		Class<?>[] parameters = method.getParameterTypes();
		if (parameters.length > 0
				&& parameters[parameters.length - 1].getName().equals("kotlin.coroutines.Continuation")) {
			return "is a suspending function, which leaves the handler's turn where it suspends and goes on outside it; make it an ordinary function";
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
