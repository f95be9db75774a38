package io.greenroom.autoconfigure;

import io.greenroom.spring.internal.KeyedHandlers;

/** Matches if there may be handlers, with keys and without. */
final class OnHandlers extends OnNamedBean {

	OnHandlers() {
		super("keyedHandlers", KeyedHandlers.class);
	}

}
