package io.greenroom.spring;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.durable.DurableInstance;
import io.greenroom.durable.DurableType;
import io.greenroom.durable.RowId;
import io.greenroom.durable.RowStore;
import io.greenroom.wire.Codec;

/**
 * What is durable of one handler by key.
 *
 * @param name its name in the database
 * @param type what is stored of its class
 * @param rows where the rows are
 * @param codec writes the fields
 */
record DurableBean(String name, DurableType type, RowStore rows, Codec codec) {

	/** Returns the fence of an instance. */
	DurableInstance instance(Object key, Object target, Handler handler) {
		String text = (key instanceof Enum<?> constant) ? constant.name() : key.toString();
		return new DurableInstance(new RowId(this.name, text), this.type, target, this.codec, this.rows,
				handler::renew);
	}

}
