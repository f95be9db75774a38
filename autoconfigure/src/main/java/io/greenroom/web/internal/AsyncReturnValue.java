package io.greenroom.web.internal;

import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * The result of a controller on a green thread, which the dispatch back handles: a body
 * is written there, and an asynchronous kind starts async again.
 *
 * @param value the result of the controller
 * @param type its declared type
 * @param model the model of the controller
 * @param asynchronous whether the result is of an asynchronous kind, which needs no slot
 */
record AsyncReturnValue(@Nullable Object value, MethodParameter type, ModelAndViewContainer model,
		boolean asynchronous) {

}
