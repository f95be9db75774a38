package io.greenroom.durable.internal;

import java.util.Map;

import io.greenroom.observe.ContextCarrier;

/**
 * Carries the context of a stored call's caller as text, because the body may run after a
 * restart. For integrations; not intended for applications. Safe for use by many threads.
 */
public interface CallContext {

	/**
	 * Writes the context of the calling thread.
	 * @param call the names of the handler and the method
	 * @param into receives the texts, by names that this context chooses
	 */
	void write(String call, Map<String, String> into);

	/**
	 * Opens the written context on the calling thread.
	 * @param call the names of the handler and the method
	 * @param from the texts
	 * @return the scope, to be closed on the same thread
	 */
	ContextCarrier.Scope open(String call, Map<String, String> from);

}
