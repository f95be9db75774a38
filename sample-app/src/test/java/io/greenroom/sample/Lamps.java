package io.greenroom.sample;

import java.time.Duration;

import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.ProcessingLoop;

import org.springframework.stereotype.Component;

@Component
@DeferredHandler
class Lamps {

	private int lit; // no lock

	int light() {
		return ++this.lit;
	}

	@ProcessingLoop
	void run(DeferredCalls calls) {
		while (!calls.isClosing()) {
			calls.process(Duration.ofMillis(100)); // calls run only here
			this.lit = Math.max(0, this.lit - 1);
		}
	}

}
