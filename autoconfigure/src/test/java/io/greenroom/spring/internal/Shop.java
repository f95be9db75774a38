package io.greenroom.spring.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.InState;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.state.State;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Lazy;

/** A shop that opens and closes. */
@DeferredHandler
class Shop {

	final List<String> log = Collections.synchronizedList(new ArrayList<>());

	final CountDownLatch inside = new CountDownLatch(1);

	final CountDownLatch release = new CountDownLatch(1);

	@Autowired
	@Lazy
	@Nullable Shop self;

	@State(initial = true, transitionsTo = { "open", "busy", "gone" })
	void closed() {
		this.log.add("closed");
	}

	@State(transitionsTo = { "closed", "gone" })
	void open() {
		this.log.add("open");
	}

	@State(transitionsTo = { "open", "closed", "gone" })
	void busy() throws InterruptedException {
		this.log.add("busy");
		this.inside.countDown();
		try {
			this.release.await();
			DeferredCalls.current().process();
			this.log.add("still busy");
		}
		finally {
			this.log.add("not busy");
		}
	}

	@State
	void gone() {
		this.log.add("gone");
	}

	@InState("open")
	String sell(String what) {
		this.log.add("sell " + what);
		return what;
	}

	@InState("open")
	CompletableFuture<String> order(String what) {
		this.log.add("order " + what);
		return CompletableFuture.completedFuture(what);
	}

	@InState("open")
	@Oneway
	void advertise(String what) {
		this.log.add("advertise " + what);
	}

	@InState(value = { "open", "busy" }, otherwise = InState.Otherwise.REJECT)
	String ask(String what) {
		return what;
	}

	@InState("gone")
	String mourn() {
		return "alas";
	}

	String look() {
		return "look";
	}

	@ReadOnly
	@InState("open")
	String read() {
		return "read";
	}

	String unlock() {
		open();
		this.log.add("unlocked");
		return "unlocked";
	}

	String askInside() {
		return this.self.ask("inside") + this.self.look();
	}

	String sellInside() {
		return this.self.sell("inside");
	}

}
