package io.greenroom.web.internal;

import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * What a controller returned on a green thread, to be handled in the dispatch back: a
 * body is written there, and an asynchronous kind starts async anew.
 *
 * @param value what the controller returned
 * @param type its declared type
 * @param model the model it left
 * @param asynchronous whether it is of an asynchronous kind, which needs no slot
 */
record AsyncReturnValue(@Nullable Object value, MethodParameter type, ModelAndViewContainer model,
		boolean asynchronous) {

}
