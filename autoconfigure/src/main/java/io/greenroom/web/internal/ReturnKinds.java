package io.greenroom.web.internal;

import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.http.HttpEntity;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.method.annotation.MapMethodProcessor;
import org.springframework.web.method.annotation.ModelAttributeMethodProcessor;
import org.springframework.web.method.annotation.ModelMethodProcessor;
import org.springframework.web.method.support.AsyncHandlerMethodReturnValueHandler;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.HandlerMethodReturnValueHandlerComposite;
import org.springframework.web.servlet.mvc.method.annotation.ModelAndViewMethodReturnValueHandler;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.ServletModelAttributeMethodProcessor;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;
import org.springframework.web.servlet.mvc.method.annotation.ViewMethodReturnValueHandler;
import org.springframework.web.servlet.mvc.method.annotation.ViewNameMethodReturnValueHandler;

/** Determines what Spring MVC does with a value that a controller returns. */
final class ReturnKinds {

	/** They only record the view to render, and its model. */
	private static final Set<Class<?>> VIEWS = Set.of(ModelAndViewMethodReturnValueHandler.class,
			ModelMethodProcessor.class, ViewMethodReturnValueHandler.class, ViewNameMethodReturnValueHandler.class,
			ModelAttributeMethodProcessor.class, ServletModelAttributeMethodProcessor.class, MapMethodProcessor.class);

	private final HandlerMethodReturnValueHandlerComposite handlers;

	private final ReactiveAdapterRegistry reactive;

	ReturnKinds(HandlerMethodReturnValueHandlerComposite handlers, ReactiveAdapterRegistry reactive) {
		this.handlers = handlers;
		this.reactive = reactive;
	}

	/** Returns whether Spring MVC starts asynchronous processing for a value. */
	boolean isAsynchronous(@Nullable Object value, MethodParameter type) {
		Object body = (value instanceof HttpEntity<?> entity && entity.getBody() != null) ? entity.getBody() : value;
		return switch (body) {
			case null -> false;
			case Callable<?> _, WebAsyncTask<?> _, DeferredResult<?> _, CompletionStage<?> _ -> true;
			case ResponseBodyEmitter _, StreamingResponseBody _ -> true;
			default -> this.reactive.getAdapter(body.getClass()) != null || isClaimed(value, type);
		};
	}

	/** The application's own handlers may also start async, and report that. */
	private boolean isClaimed(@Nullable Object value, MethodParameter type) {
		for (HandlerMethodReturnValueHandler handler : this.handlers.getHandlers()) {
			if (handler instanceof AsyncHandlerMethodReturnValueHandler async
					&& async.isAsyncReturnValue(value, type)) {
				return true;
			}
		}
		return false;
	}

	/** Returns whether handling a value leaves the response alone. */
	boolean isView(MethodParameter type) {
		for (HandlerMethodReturnValueHandler handler : this.handlers.getHandlers()) {
			if (handler.supportsReturnType(type)) {
				return VIEWS.contains(handler.getClass());
			}
		}
		return false;
	}

}
