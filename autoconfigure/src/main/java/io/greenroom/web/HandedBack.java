package io.greenroom.web;

import org.springframework.web.method.support.ModelAndViewContainer;

/**
 * A value of an asynchronous kind that a controller returned on a green thread. It starts
 * async anew, which only a dispatch can.
 *
 * @param value what the controller returned
 * @param model the model it left
 */
record HandedBack(Object value, ModelAndViewContainer model) {
}
