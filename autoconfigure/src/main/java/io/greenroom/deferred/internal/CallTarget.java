package io.greenroom.deferred.internal;

import org.jspecify.annotations.Nullable;

/**
 * What the bodies of calls made through views are called on.
 *
 * @param handler the handler
 * @param object its target, or a proxy around it that leads back to {@link Handler#call};
 * {@code null} for the handler's target at the time when the body runs
 */
record CallTarget(HandlerCore handler, @Nullable Object object) {

	/** Returns what bodies are called on now. */
	Object entry() {
		return (this.object != null) ? this.object : this.handler.entry();
	}

	@Nullable Object invoke(HandlerMethod method, @Nullable Object[] arguments) throws Throwable {
		Object entry = entry();
		if (entry != this.handler.target()) {
			Hold.aboutToEnter(this.handler);
		}
		return method.invoke(entry, arguments);
	}

}
