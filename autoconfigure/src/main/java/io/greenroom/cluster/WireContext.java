package io.greenroom.cluster;

import java.util.Map;

import io.greenroom.observe.ContextCarrier.Scope;

/**
 * Decides which context of the calling thread travels to another node with a call. By
 * default the trace, the logging context and the locale travel; the request and the
 * security context do not. Declare a bean of this type to add what the application trusts
 * its own nodes with. Implementations must be safe for use by multiple threads.
 */
public interface WireContext {

	/** A context that adds nothing. */
	WireContext NONE = new WireContext() {

		@Override
		public Map<String, String> capture() {
			return Map.of();
		}

		@Override
		public Scope open(Map<String, String> context) {
			return Scope.NONE;
		}

	};

	/**
	 * Captures the context of the calling thread. If this throws, the caller gets the
	 * exception and the call is not made.
	 * @return what travels, by name
	 */
	Map<String, String> capture();

	/**
	 * Applies a captured context to the current thread, on the node that runs the call.
	 * @param context what was captured by this and all other contexts
	 * @return the scope, which is closed on the same thread
	 */
	Scope open(Map<String, String> context);

}
