package io.greenroom.keyed.internal;

/** Says where the calls of handlers by key run. For integrations. */
@FunctionalInterface
public interface KeyRouting {

	/** All of them run in this JVM. */
	KeyRouting HERE = new KeyRouting() {

		@Override
		public <K> KeyRouter<K> route(KeyedHandler<K, ?> handler, KeyRouter<K> here) {
			return here;
		}

	};

	/**
	 * Says where the calls of a handler run. Asked once, before the first call.
	 * @param handler the handler
	 * @param here has them run in this JVM
	 * @return where they run
	 * @param <K> the type of the keys
	 */
	<K> KeyRouter<K> route(KeyedHandler<K, ?> handler, KeyRouter<K> here);

}
