package io.greenroom.keyed;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.OnewayPhase;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.deferred.Urgent;
import io.greenroom.deferred.internal.CallerTransactions;
import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerHost.Made;
import io.greenroom.green.GreenScheduler;
import io.greenroom.keyed.internal.KeyType;
import io.greenroom.keyed.internal.KeyedFactory;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.keyed.internal.KeyedOptions;

/** Accounts by key for tests, what they are made from, and what is noticed meanwhile. */
final class Books implements KeyedFactory<String> {

	CallerTransactions transactions = CallerTransactions.NONE;

	/** What an account keeps when it goes. */
	final Map<String, Integer> stored = new ConcurrentHashMap<>();

	final Map<String, AtomicInteger> made = new ConcurrentHashMap<>();

	final Map<String, AtomicInteger> ended = new ConcurrentHashMap<>();

	/** How many of a key are there; never more than one. */
	final Map<String, AtomicInteger> alive = new ConcurrentHashMap<>();

	/** Those of the instances that were made, by their keys. */
	final Map<String, Handler> handlers = new ConcurrentHashMap<>();

	final AtomicInteger twins = new AtomicInteger();

	Step beforeMaking = (key) -> {
	};

	Step beforeEnding = (key) -> {
	};

	KeyedHandler<String, Account> accounts(GreenScheduler scheduler, KeyedOptions options) {
		return accounts(scheduler, options, HandlerOptions.defaults());
	}

	KeyedHandler<String, Account> accounts(GreenScheduler scheduler, KeyedOptions options, HandlerOptions calls) {
		return new KeyedHandler<>(scheduler, Account.class, new KeyType(String.class),
				calls.toBuilder().name("account").build(), options, this.transactions, (method) -> false, this);
	}

	@Override
	public Made make(String key, Handler handler) throws Throwable {
		count(this.made, key);
		this.handlers.put(key, handler);
		if (count(this.alive, key) > 1) {
			this.twins.incrementAndGet();
		}
		boolean success = false;
		try {
			this.beforeMaking.of(key);
			Account account = new Account(key, this.stored.getOrDefault(key, 0));
			success = true;
			return new Made(account, account);
		}
		finally {
			if (!success) {
				this.alive.get(key).decrementAndGet();
			}
		}
	}

	@Override
	public void end(String key, Made instance) {
		try {
			this.beforeEnding.of(key);
		}
		catch (Throwable failure) {
			throw new IllegalStateException(failure);
		}
		finally {
			this.stored.put(key, ((Account) instance.target()).count);
			count(this.ended, key);
			this.alive.get(key).decrementAndGet();
		}
	}

	static int count(Map<String, AtomicInteger> counts, String key) {
		return counts.computeIfAbsent(key, (any) -> new AtomicInteger()).incrementAndGet();
	}

	static int of(Map<String, AtomicInteger> counts, String key) {
		AtomicInteger count = counts.get(key);
		return (count != null) ? count.get() : 0;
	}

	static int sum(Map<String, AtomicInteger> counts) {
		return counts.values().stream().mapToInt(AtomicInteger::get).sum();
	}

	interface Step {

		void of(String key) throws Throwable;

	}

	/** Counts, in memory. */
	static class Account {

		private final String id;

		private int count;

		Account(@Key String id, int count) {
			this.id = id;
			this.count = count;
		}

		String id() {
			return this.id;
		}

		int increment() {
			return ++this.count;
		}

		@Oneway
		void add(int amount) {
			this.count += amount;
		}

		@Oneway(phase = OnewayPhase.AFTER_COMMIT)
		void addAfterCommit(int amount) {
			this.count += amount;
		}

		@ReadOnly
		void meet(CyclicBarrier others) throws Exception {
			others.await(20, TimeUnit.SECONDS);
		}

		@Urgent
		@Oneway
		void runUrgently(Runnable body) {
			body.run();
		}

		@ReadOnly
		int count() {
			return this.count;
		}

		<V> V run(java.util.concurrent.Callable<V> body) throws Exception {
			return body.call();
		}

		boolean waitFor(CountDownLatch latch) {
			try {
				return latch.await(20, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Oneway
		void runLater(Runnable body) {
			body.run();
		}

		java.util.concurrent.CompletableFuture<String> later() {
			return java.util.concurrent.CompletableFuture.completedFuture(this.id);
		}

		void callOther(Deferred<Account> other, Duration limit) throws Exception {
			other.sync(limit).id();
		}

	}

}
