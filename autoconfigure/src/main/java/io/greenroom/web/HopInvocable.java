package io.greenroom.web;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodReturnValueHandlerComposite;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.mvc.method.annotation.ServletInvocableHandlerMethod;

/**
 * A controller's method that does not run once its request has lost its slot, and that,
 * after a hop, hands values of asynchronous kinds back.
 */
final class HopInvocable extends ServletInvocableHandlerMethod {

	private final ReactiveAdapterRegistry reactive;

	/** Written while this object is made ready, read in its one invocation. */
	private @Nullable HandlerMethodReturnValueHandlerComposite handlers;

	/** Confined to the one invocation this object is made for. */
	private @Nullable HttpServletRequest request;

	HopInvocable(HandlerMethod controller, ReactiveAdapterRegistry reactive) {
		super(controller);
		this.reactive = reactive;
	}

	@Override
	public void setHandlerMethodReturnValueHandlers(HandlerMethodReturnValueHandlerComposite handlers) {
		super.setHandlerMethodReturnValueHandlers(handlers);
		this.handlers = handlers;
	}

	@Override
	public void invokeAndHandle(ServletWebRequest request, ModelAndViewContainer model,
			@Nullable Object... providedArgs) throws Exception {
		HopRequest hop = request.getNativeRequest(HopRequest.class);
		if (hop != null && this.handlers != null) {
			super.setHandlerMethodReturnValueHandlers(new HandingBack(hop, this.handlers, this.reactive));
		}
		this.request = request.getRequest();
		super.invokeAndHandle(request, model, providedArgs);
	}

	@Override
	protected @Nullable Object doInvoke(@Nullable Object... args) throws Exception {
		if (this.request != null) {
			Stay.requireSlot(this.request);
		}
		return super.doInvoke(args);
	}

	/** The usual handlers, but for values of asynchronous kinds. */
	private static final class HandingBack extends HandlerMethodReturnValueHandlerComposite {

		private final HopRequest hop;

		private final HandlerMethodReturnValueHandlerComposite usual;

		private final AsyncKinds kinds;

		HandingBack(HopRequest hop, HandlerMethodReturnValueHandlerComposite usual, ReactiveAdapterRegistry reactive) {
			this.hop = hop;
			this.usual = usual;
			this.kinds = new AsyncKinds(usual, reactive);
		}

		@Override
		public void handleReturnValue(@Nullable Object value, MethodParameter type, ModelAndViewContainer model,
				NativeWebRequest request) throws Exception {
			if (value != null && this.kinds.include(value, type)) {
				this.hop.handBack(new HandedBack(value, model));
				model.setRequestHandled(true);
				return;
			}
			this.usual.handleReturnValue(value, type, model, request);
		}

	}

}
