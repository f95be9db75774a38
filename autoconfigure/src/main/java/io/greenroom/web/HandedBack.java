package io.greenroom.web;

import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * A value of an asynchronous kind that a controller returned on a green thread. It starts
 * async anew, which only a dispatch can.
 *
 * @param value what the controller returned
 * @param model the model it left
 */
record HandedBack(Object value, ModelAndViewContainer model) {

	private static final String ATTRIBUTE = HandedBack.class.getName();

	void putInto(ServletRequest request) {
		request.setAttribute(ATTRIBUTE, this);
	}

	static @Nullable HandedBack takeFrom(ServletRequest request) {
		HandedBack handedBack = (HandedBack) request.getAttribute(ATTRIBUTE);
		if (handedBack != null) {
			request.removeAttribute(ATTRIBUTE);
		}
		return handedBack;
	}

}
