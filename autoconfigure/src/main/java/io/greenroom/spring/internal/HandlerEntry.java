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

	HandlerEntry(Handler handler, StateEntry body) {
		this.handler = handler;
		this.body = body;
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
