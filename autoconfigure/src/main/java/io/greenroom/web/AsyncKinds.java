package io.greenroom.web;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.http.HttpEntity;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.method.support.AsyncHandlerMethodReturnValueHandler;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.HandlerMethodReturnValueHandlerComposite;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** Tells the values for which Spring MVC starts asynchronous processing. */
final class AsyncKinds {

	private final HandlerMethodReturnValueHandlerComposite handlers;

	private final ReactiveAdapterRegistry reactive;

	AsyncKinds(HandlerMethodReturnValueHandlerComposite handlers, ReactiveAdapterRegistry reactive) {
		this.handlers = handlers;
		this.reactive = reactive;
	}

	boolean include(Object value, MethodParameter type) {
		Object body = (value instanceof HttpEntity<?> entity && entity.getBody() != null) ? entity.getBody() : value;
		return switch (body) {
			case Callable<?> _, WebAsyncTask<?> _, DeferredResult<?> _, CompletionStage<?> _ -> true;
			case ResponseBodyEmitter _, StreamingResponseBody _ -> true;
			default -> this.reactive.getAdapter(body.getClass()) != null || claimed(value, type);
		};
	}

	/** Handlers of the application's own may start async too, and say so. */
	private boolean claimed(Object value, MethodParameter type) {
		for (HandlerMethodReturnValueHandler handler : this.handlers.getHandlers()) {
			if (handler instanceof AsyncHandlerMethodReturnValueHandler async
					&& async.isAsyncReturnValue(value, type)) {
				return true;
			}
		}
		return false;
	}

}
