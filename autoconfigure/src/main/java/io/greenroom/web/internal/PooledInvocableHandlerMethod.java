package io.greenroom.web.internal;

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
 * A controller's method that does not run once its request has lost its slot. After a
 * hop, it returns the value that is to be written.
 */
final class PooledInvocableHandlerMethod extends ServletInvocableHandlerMethod {

	private final ReactiveAdapterRegistry reactive;

	private final boolean mayHop;

	/** Written while this object is configured, read in its one invocation. */
	private @Nullable HandlerMethodReturnValueHandlerComposite handlers;

	/** Confined to the one invocation that this object is created for. */
	private @Nullable HttpServletRequest request;

	PooledInvocableHandlerMethod(HandlerMethod controller, ReactiveAdapterRegistry reactive, boolean mayHop) {
		super(controller);
		this.reactive = reactive;
		this.mayHop = mayHop;
	}

	@Override
	public void setHandlerMethodReturnValueHandlers(HandlerMethodReturnValueHandlerComposite handlers) {
		super.setHandlerMethodReturnValueHandlers(handlers);
		this.handlers = handlers;
	}

	@Override
	public void invokeAndHandle(ServletWebRequest request, ModelAndViewContainer model,
			@Nullable Object... providedArgs) throws Exception {
		this.request = request.getRequest();
		Flight flight = this.mayHop ? Flight.inTheAir(this.request) : null;
		if (flight != null && this.handlers != null) {
			super.setHandlerMethodReturnValueHandlers(
					new HandingBack(flight, flight.board(), this.handlers, this.reactive));
		}
		super.invokeAndHandle(request, model, providedArgs);
	}

	@Override
	protected @Nullable Object doInvoke(@Nullable Object... args) throws Exception {
		BodyWatch watch = (this.request != null) ? SlotLease.watchOf(this.request) : null;
		if (watch == null) {
			return super.doInvoke(args);
		}
		// A server may have read a form by itself.
		watch.requireInTime();
		Object result = super.doInvoke(args);
		// The controller may have caught the exception that reported the loss, and read
		// what the server had left.
		watch.requireInTime();
		return result;
	}

	/**
	 * The usual handlers, except for those that touch the response. A forward from inside
	 * a controller writes its body at once, because a server ends the answer with it.
	 */
	private static final class HandingBack extends HandlerMethodReturnValueHandlerComposite {

		private final Flight flight;

		private final boolean outermost;

		private final HandlerMethodReturnValueHandlerComposite usual;

		private final ReturnKinds kinds;

		HandingBack(Flight flight, boolean outermost, HandlerMethodReturnValueHandlerComposite usual,
				ReactiveAdapterRegistry reactive) {
			this.flight = flight;
			this.outermost = outermost;
			this.usual = usual;
			this.kinds = new ReturnKinds(usual, reactive);
		}

		@Override
		public void handleReturnValue(@Nullable Object value, MethodParameter type, ModelAndViewContainer model,
				NativeWebRequest request) throws Exception {
			boolean asynchronous = this.kinds.isAsynchronous(value, type);
			if (asynchronous || (this.outermost && !this.kinds.isView(type))) {
				this.flight.handBack(new AsyncReturnValue(value, type, model, asynchronous));
				model.setRequestHandled(true);
				return;
			}
			this.usual.handleReturnValue(value, type, model, request);
		}

	}

}
