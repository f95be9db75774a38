package io.greenroom.spring.internal;

import java.util.Set;
import java.util.stream.Collectors;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.durable.internal.DurableInstance;
import io.greenroom.durable.internal.DurableMachine;
import io.greenroom.durable.internal.DurableNode;
import io.greenroom.durable.internal.DurableType;
import io.greenroom.durable.internal.RowId;
import io.greenroom.durable.internal.RowStore;
import io.greenroom.keyed.internal.KeyType;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.state.StateClass;
import io.greenroom.state.StateDescriptor;
import io.greenroom.wire.Codec;
import org.jspecify.annotations.Nullable;

/**
 * The durable parts of one keyed handler.
 *
 * @param name its name in the database
 * @param type what is stored of its class
 * @param rows the store of the rows
 * @param codec writes the fields
 * @param states its states, or {@code null} if it has none
 * @param node this node
 * @param sweep creates instances that have pending work
 */
record DurableBean(String name, DurableType type, RowStore rows, Codec codec, @Nullable StateClass states,
		DurableNode node, DurableSweep sweep) {

	/** Returns the fence of an instance. */
	DurableInstance instance(Object key, Object target, Handler handler) {
		RowId id = id(key);
		return new DurableInstance(id, this.type, target, this.codec, this.rows, () -> {
			handler.renew();
			if (this.states != null) {
				this.sweep.lost(id);
			}
		});
	}

	/** Registers a handler, so that instances with pending work are created. */
	void watch(KeyType keys, KeyedHandler<?, ?> handler) {
		if (this.states != null) {
			this.sweep.watch(this.name, names(this.states), keys, handler);
		}
	}

	private static Set<String> names(StateClass states) {
		return states.states().stream().map(StateDescriptor::name).collect(Collectors.toUnmodifiableSet());
	}

	/** Returns the listing of all stored keys. */
	DurableListing listing(KeyType keys) {
		return new DurableListing(this.name, keys, (this.states != null) ? names(this.states) : Set.of(), this.rows,
				this::id);
	}

	RowId id(Object key) {
		return new RowId(this.name, (key instanceof Enum<?> constant) ? constant.name() : key.toString());
	}

	/**
	 * Returns the journal of an instance's machine, or {@code null} if there are no
	 * states.
	 */
	@Nullable DurableMachine machine(DurableInstance instance) {
		return (this.states != null) ? new DurableMachine(instance, this.states, this.codec, this.node) : null;
	}

}
