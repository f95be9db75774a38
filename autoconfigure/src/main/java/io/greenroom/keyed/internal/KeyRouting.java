package io.greenroom.keyed.internal;

/** Chooses the router of each keyed handler. For integrations. */
@FunctionalInterface
public interface KeyRouting {

	/** Runs all calls in this JVM. */
	KeyRouting HERE = new KeyRouting() {

		@Override
		public <K> KeyRouter<K> route(KeyedHandler<K, ?> handler, KeyRouter<K> here) {
			return here;
		}

	};

	/**
	 * Returns the router of a handler. Called once, before the first call.
	 * @param handler the handler
	 * @param here the router that runs the calls in this JVM
	 * @return the router to use
	 * @param <K> the type of the keys
	 */
	<K> KeyRouter<K> route(KeyedHandler<K, ?> handler, KeyRouter<K> here);

}
