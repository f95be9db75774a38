package io.greenroom.cluster;

import java.util.Map;

import io.greenroom.observe.ContextCarrier.Scope;

/**
 * What of a caller's thread goes along to another node. By default a trace, the logging
 * context and the locale do; the request and the security context do not. A bean of this
 * type adds what the application trusts its own nodes with. Must be safe for use by many
 * threads.
 */
public interface WireContext {

	/** Nothing goes along. */
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
	 * Takes what is to go along from the calling thread.
	 * @return texts by name; what this throws the caller gets, and the call is not made
	 */
	Map<String, String> capture();

	/**
	 * Gives it to a thread of the other node.
	 * @param context what was captured, and what others have added
	 * @return to be closed on the same thread
	 */
	Scope open(Map<String, String> context);

}
