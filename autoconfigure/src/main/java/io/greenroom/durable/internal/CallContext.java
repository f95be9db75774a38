package io.greenroom.durable.internal;

import java.util.Map;

import io.greenroom.observe.ContextCarrier;

/**
 * Takes along as text what belongs to the caller of a stored call: its body may run after
 * a restart. For integrations; users don't need this. Safe for use by many threads.
 */
public interface CallContext {

	/**
	 * Writes what belongs to the calling thread now.
	 * @param call the names of the handler and the method
	 * @param into the texts, by names of its own
	 */
	void write(String call, Map<String, String> into);

	/**
	 * Gives the calling thread what was written.
	 * @param call the names of the handler and the method
	 * @param from the texts
	 * @return the scope, to be closed on the same thread
	 */
	ContextCarrier.Scope open(String call, Map<String, String> from);

}
