package io.greenroom.autoconfigure;

import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;

/** A handler without locks. */
@DeferredHandler
class Inventory {

	private final Map<String, Integer> stock = new java.util.HashMap<>();

	int reserve(String sku, int n) {
		return this.stock.merge(sku, -n, Integer::sum);
	}

	@Oneway
	void restock(String sku, int n) {
		this.stock.merge(sku, n, Integer::sum);
	}

	@Oneway
	void breakShelf(RuntimeException failure) {
		throw failure;
	}

	String restockThroughProxy(Inventory self) {
		self.restock("self", 1);
		return (self.reserve("self", 0) == 0) ? "restock is queued behind this call" : "restock ran inside";
	}

	@Oneway
	void hold(CountDownLatch inside, CountDownLatch leave) throws InterruptedException {
		inside.countDown();
		leave.await();
	}

	int audit(CountDownLatch inside, CountDownLatch leave) throws InterruptedException {
		hold(inside, leave);
		return this.stock.size();
	}

	Thread thread() {
		return Thread.currentThread();
	}

}
