package io.greenroom.spring.internal;

import java.lang.reflect.Method;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.state.StateEntry;
import org.jspecify.annotations.Nullable;

/**
 * The machine's view of a handler on the same bean. A body holds the handler while it
 * runs.
 */
final class HandlerEntry implements StateEntry {

	private final Handler handler;

	private final StateEntry body;

	private final boolean keyed;

	/**
	 * Creates an entry.
	 * @param keyed whether the machine is the only one of its handler's name
	 */
	HandlerEntry(Handler handler, StateEntry body, boolean keyed) {
		this.handler = handler;
		this.body = body;
		this.keyed = keyed;
	}

	@Override
	public @Nullable String name() {
		return this.keyed ? this.handler.name() : null;
	}

	@Override
	public void enter(Method state, @Nullable Object[] args) throws Throwable {
		this.handler.occupy();
		try {
			this.body.enter(state, args);
		}
		finally {
			this.handler.vacate();
		}
	}

	@Override
	public void settled() {
		this.handler.gateMoved();
	}

}
