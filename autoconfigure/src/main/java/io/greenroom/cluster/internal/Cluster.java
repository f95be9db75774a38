package io.greenroom.cluster.internal;

import java.util.Objects;
import java.util.function.Predicate;

import io.greenroom.cluster.WireContext;
import io.greenroom.durable.internal.CallStore;
import io.greenroom.keyed.internal.KeyRouter;
import io.greenroom.keyed.internal.KeyRouting;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.wire.Codec;
import org.jspecify.annotations.Nullable;

/** Routes calls of handlers by key to the nodes that own the keys. For integrations. */
public final class Cluster implements KeyRouting {

	private final ClusterNode node;

	private final Timer timer;

	private final Codec codec;

	private final WireContext context;

	private final Predicate<Class<?>> durable;

	private final @Nullable CallStore calls;

	/**
	 * Creates the routing.
	 * @param node this node
	 * @param timer the timer of the protocol
	 * @param codec writes arguments, results and failures
	 * @param context the context that travels with calls
	 * @param durable tests whether calls of a class may be made again, because their ids
	 * are stored with what they write
	 * @param calls finds stored ids; {@code null} if there is no database, and hence no
	 * durable class
	 */
	public Cluster(ClusterNode node, Timer timer, Codec codec, WireContext context, Predicate<Class<?>> durable,
			@Nullable CallStore calls) {
		this.calls = calls;
		this.node = Objects.requireNonNull(node, "node");
		this.timer = Objects.requireNonNull(timer, "timer");
		this.codec = Objects.requireNonNull(codec, "codec");
		this.context = Objects.requireNonNull(context, "context");
		this.durable = Objects.requireNonNull(durable, "durable");
	}

	@Override
	public <K> KeyRouter<K> route(KeyedHandler<K, ?> handler, KeyRouter<K> here) {
		Class<?> type = handler.family().type().type();
		ClusteredKeys<K> keys = new ClusteredKeys<>(this.node, this.timer, handler, here, this.codec, this.context,
				this.durable.test(type) ? this.calls : null);
		this.node.serve(handler.name(), keys.arriving());
		return keys;
	}

}
