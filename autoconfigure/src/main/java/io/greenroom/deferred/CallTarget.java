package io.greenroom.deferred;

import org.jspecify.annotations.Nullable;

/**
 * What the bodies of calls made through views are called on.
 *
 * @param handler the handler
 * @param object its target, or a proxy round it that leads back to {@link Handler#call}
 */
record CallTarget(HandlerCore handler, Object object) {

	@Nullable Object invoke(HandlerMethod method, @Nullable Object[] arguments) throws Throwable {
		if (this.object != this.handler.target()) {
			Hold.aboutToEnter(this.handler);
		}
		return method.invoke(this.object, arguments);
	}

}
