package io.greenroom.autoconfigure;

import io.greenroom.deferred.DeferredHandler;

@DeferredHandler
class Loud implements Voice {

	@Override
	public String say(String text) {
		return text.toUpperCase(java.util.Locale.ROOT);
	}

	@Override
	public Thread thread() {
		return Thread.currentThread();
	}

}
