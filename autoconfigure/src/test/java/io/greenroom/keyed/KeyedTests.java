package io.greenroom.keyed;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredDeadlockException;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.InTransaction;
import io.greenroom.deferred.internal.CallerTransactions;
import io.greenroom.deferred.internal.ReservedCall;
import io.greenroom.green.GreenScheduler;
import io.greenroom.keyed.Books.Account;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.keyed.internal.KeyedOptions;
import io.greenroom.testkit.LastFrames;
import io.greenroom.testkit.Race;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Instances by key: how they are made, called and ended. */
@Timeout(60)
class KeyedTests {

	private static final KeyedOptions DEFAULTS = KeyedOptions.defaults();

	private static final Duration LONG = Duration.ofSeconds(20);

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	private final Books books = new Books();

	@AfterEach
	void close() {
		this.scheduler.close();
		assertThat(this.books.twins).as("two instances of one key at once").hasValue(0);
	}

	@Test
	@DisplayName("K01 100 callers, 1 000 keys, 100 000 increments, while keys are ended all the time: each count is exact")
	void noIncrementIsLost() throws Exception {
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS.withMaxActive(300));
		AtomicInteger failures = new AtomicInteger();
		AtomicReference<Throwable> failure = new AtomicReference<>();
		List<Thread> callers = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			int caller = i;
			callers.add(Thread.ofVirtual().start(() -> {
				for (int call = 0; call < 1000; call++) {
					String key = "key" + (caller * 7 + call * 13) % 1000;
					try {
						switch (call % 3) {
							case 0 -> accounts.get(key).increment();
							case 1 -> accounts.get(key).add(1);
							default -> accounts.deferred(key).async(Account::increment).join();
						}
						if (call % 10 == 0) {
							accounts.passivate(key);
						}
					}
					catch (Throwable thrown) {
						failures.incrementAndGet();
						failure.compareAndSet(null, thrown);
					}
				}
			}));
		}
		Until.ended(callers);
		assertThat(failure.get()).isNull();
		assertThat(failures).hasValue(0);
		assertThat(accounts.active()).isLessThanOrEqualTo(300);
		accounts.close();
		assertThat(this.books.stored).hasSize(1000).allSatisfy((key, count) -> assertThat(count).isEqualTo(100));
		assertThat(Books.sum(this.books.made)).isEqualTo(Books.sum(this.books.ended)).isGreaterThan(1000);
	}

	@Test
	@DisplayName("K02 a call that arrives while its instance retires runs once, on the next instance")
	void aCallMeetsARetiringInstance() throws Exception {
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS);
		int rounds = 3000;
		Race.run(rounds, (round) -> {
			String key = "key" + round % 7;
			accounts.get(key).increment();
			return new Race.Round(List.of(() -> accounts.get(key).increment(), () -> {
				while (!accounts.passivate(key)) {
					Thread.onSpinWait();
				}
			}, () -> accounts.get(key).add(1)), () -> {
			});
		});
		accounts.close();
		assertThat(this.books.stored.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(3 * rounds);
		assertThat(Books.sum(this.books.made)).isGreaterThanOrEqualTo(rounds).isEqualTo(Books.sum(this.books.ended));
	}

	@Test
	@DisplayName("F03 an async call of a new key, or a passivation, from the last frames of a stack takes no place for good, and leaves no key behind that can't be called")
	void lastFrames() throws Exception {
		int places = 8;
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS.withMaxActive(places));
		AtomicInteger number = new AtomicInteger();
		LastFrames.of(150).rounds(6).call(() -> {
			String key = "key" + number.incrementAndGet() % 40;
			return (number.get() % 2 == 0) ? accounts.passivate(key)
					: accounts.deferred(key).async(Account::increment).join();
		});
		CountDownLatch mayEnd = new CountDownLatch(1);
		List<CompletableFuture<?>> calls = new ArrayList<>();
		for (int i = 0; i < places; i++) {
			calls.add(accounts.deferred("new" + i).async((account) -> account.waitFor(mayEnd)));
		}
		Until.until("a place for each", () -> accounts.active() == places);
		mayEnd.countDown();
		CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
		for (int i = 0; i < 40; i++) {
			accounts.get("key" + i).increment();
		}
		accounts.close();
		assertThat(Books.sum(this.books.made)).isEqualTo(Books.sum(this.books.ended));
	}

	@Test
	@DisplayName("K02 a call waits for the end of the instance before it, and no longer than its caller does")
	void callsWaitForTheEndBefore() throws Exception {
		CountDownLatch ending = new CountDownLatch(1);
		CountDownLatch mayEnd = new CountDownLatch(1);
		this.books.beforeEnding = (key) -> {
			ending.countDown();
			mayEnd.await();
		};
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS);
		accounts.get("ann").increment();
		CompletableFuture<Boolean> passivated = CompletableFuture.supplyAsync(() -> accounts.passivate("ann"));
		assertThat(ending.await(20, TimeUnit.SECONDS)).isTrue();
		assertThatExceptionOfType(DeferredTimeoutException.class)
			.isThrownBy(() -> accounts.deferred("ann").sync(Duration.ofMillis(50)).increment())
			.withMessageContaining("account[ann].increment")
			.withMessageContaining("@PreDestroy");
		CompletableFuture<Integer> next = CompletableFuture.supplyAsync(() -> accounts.get("ann").increment());
		assertThat(accounts.get("bob").increment()).as("another key").isEqualTo(1);
		mayEnd.countDown();
		assertThat(passivated.get(20, TimeUnit.SECONDS)).isTrue();
		assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo(2);
		assertThat(Books.of(this.books.made, "ann")).isEqualTo(2);
	}

	@Test
	@DisplayName("K02 the end of an instance may call its own key, and does not wait for itself")
	void theEndCallsItsOwnKey() {
		AtomicReference<Object> result = new AtomicReference<>();
		AtomicReference<KeyedHandler<String, Account>> accounts = new AtomicReference<>();
		this.books.beforeEnding = (key) -> result.set(accounts.get().get(key).increment());
		accounts.set(this.books.accounts(this.scheduler, DEFAULTS));
		accounts.get().get("ann").increment();
		assertThat(accounts.get().passivate("ann")).isTrue();
		assertThat(result.get()).isEqualTo(2);
		assertThat(accounts.get().active()).isZero();
	}

	@Test
	@DisplayName("K03 first calls of one key at once make one instance; other keys do not wait for a slow constructor")
	void oneInstanceIsMade() throws Exception {
		CountDownLatch mayGoOn = new CountDownLatch(1);
		this.books.beforeMaking = (key) -> {
			if (key.equals("slow")) {
				mayGoOn.await();
			}
		};
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS);
		List<CompletableFuture<Integer>> first = IntStream.range(0, 50)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> accounts.get("slow").increment(),
					Thread::startVirtualThread))
			.toList();
		Until.until("a constructor to begin", () -> Books.of(this.books.made, "slow") == 1);
		for (int i = 0; i < 20; i++) {
			assertThat(accounts.get("quick" + i).increment()).isEqualTo(1);
		}
		accounts.get("slow").add(1);
		assertThatExceptionOfType(DeferredTimeoutException.class)
			.isThrownBy(() -> accounts.deferred("slow").sync(Duration.ofMillis(30)).increment())
			.withMessageContaining("account[slow].increment")
			.withMessageContaining("being made");
		assertThat(first).noneMatch(CompletableFuture::isDone);
		mayGoOn.countDown();
		for (CompletableFuture<Integer> each : first) {
			assertThat(each.get(20, TimeUnit.SECONDS)).isBetween(1, 51);
		}
		assertThat(accounts.get("slow").count()).isEqualTo(51);
		assertThat(Books.of(this.books.made, "slow")).isEqualTo(1);
	}

	@Test
	@DisplayName("K03 races of first calls make one instance each")
	void racesOfFirstCalls() throws Exception {
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS);
		Race.run(500, (round) -> {
			String key = "key" + round;
			return new Race.Round(List.of(() -> accounts.get(key).increment(), () -> accounts.get(key).increment(),
					() -> accounts.deferred(key).oneway().increment()), () -> {
						assertThat(accounts.get(key).increment()).isEqualTo(4);
						assertThat(Books.of(this.books.made, key)).isEqualTo(1);
					});
		});
		assertThat(accounts.active()).isEqualTo(500);
	}

	@Test
	@DisplayName("K03 an instance that is made while it is given up as not made stays")
	void isMadeMeanwhile() {
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS);
		accounts.get("ann").increment();
		assertThat(this.books.handlers.get("ann").retireUnmade()).isFalse();
		assertThat(accounts.get("ann").increment()).isEqualTo(2);
		assertThat(accounts.passivate("ann")).isTrue();
		assertThat(this.books.handlers.get("ann").retireUnmade()).as("has ended").isTrue();
		assertThat(Books.of(this.books.made, "ann")).isEqualTo(1);
	}

	@Test
	@DisplayName("K04 what a constructor throws is what its callers get, whatever it is; the next call tries anew, and nothing is left")
	void constructorsThatThrow() throws Exception {
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS.withMaxActive(1));
		List<Throwable> failures = List.of(new IllegalStateException("x"), new IOException("checked"),
				new AssertionError("e"), new StackOverflowError(), new InterruptedException("i"),
				new OutOfMemoryError("not really"));
		for (Throwable failure : failures) {
			this.books.beforeMaking = (key) -> {
				throw failure;
			};
			accounts.get("ann").add(1);
			assertThat(catchThrowable(() -> accounts.get("ann").increment())).isSameAs(failure);
			assertThat(accounts.active()).isZero();
			assertThat(accounts.entry("ann")).isEmpty();
			CompletableFuture<Integer> future = accounts.deferred("ann").async(Account::increment);
			assertThat(catchThrowable(() -> future.get(20, TimeUnit.SECONDS))).hasRootCause(failure);
		}
		assertThat(Thread.interrupted()).isFalse();
		this.books.beforeMaking = (key) -> {
		};
		Until.until("the failed ones to be gone", () -> accounts.deferred("bob").sync(LONG).increment() > 0);
		assertThat(accounts.active()).isEqualTo(1);
		assertThat(this.books.ended).as("what was never made is not ended").doesNotContainKey("ann");
	}

	@Test
	@DisplayName("K04 a constructor fails for all who wait for it, and for nobody after")
	void oneFailureForAllWhoWait() throws Exception {
		CountDownLatch mayFail = new CountDownLatch(1);
		AtomicInteger tries = new AtomicInteger();
		this.books.beforeMaking = (key) -> {
			if (tries.getAndIncrement() == 0) {
				mayFail.await();
				throw new IllegalStateException("first");
			}
		};
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS);
		List<CompletableFuture<Integer>> waiting = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			waiting.add(accounts.deferred("ann").async(Account::increment));
		}
		mayFail.countDown();
		for (CompletableFuture<Integer> each : waiting) {
			assertThat(catchThrowable(() -> each.get(20, TimeUnit.SECONDS))).hasRootCauseMessage("first");
		}
		assertThat(accounts.get("ann").increment()).isEqualTo(1);
		assertThat(tries).hasValue(2);
	}

	@Test
	@DisplayName("K04 a constructor that calls its own key is told, and one that calls in a circle too")
	void constructorsThatCallThemselves() {
		AtomicReference<KeyedHandler<String, Account>> accounts = new AtomicReference<>();
		this.books.beforeMaking = (key) -> {
			switch (key) {
				case "self" -> accounts.get().get("self").increment();
				case "a" -> accounts.get().get("b").increment();
				case "b" -> accounts.get().get("a").increment();
				case "parent" -> accounts.get().get("child").increment();
				default -> {
				}
			}
		};
		accounts.set(this.books.accounts(this.scheduler, DEFAULTS));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> accounts.get().get("self").increment())
			.withMessageContaining("account[self] is being made");
		assertThatExceptionOfType(DeferredDeadlockException.class).isThrownBy(() -> accounts.get().get("a").increment())
			.withMessageContaining("account[a]")
			.withMessageContaining("account[b]")
			.withMessageContaining("constructor");
		assertThat(accounts.get().get("parent").increment()).isEqualTo(1);
		assertThat(accounts.get().get("child").increment()).isEqualTo(2);
	}

	@Test
	@DisplayName("K05 many keys called once: no more than max-active are there, the longest idle goes first, each is ended once")
	void manyKeysCalledOnce() throws Exception {
		int keys = 20_000;
		int most = 500;
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS.withMaxActive(most));
		AtomicInteger highest = new AtomicInteger();
		List<Thread> callers = IntStream.range(0, 4).mapToObj((caller) -> Thread.ofVirtual().start(() -> {
			for (int i = caller; i < keys; i += 4) {
				accounts.get("key" + i).increment();
				highest.accumulateAndGet(accounts.active(), Math::max);
			}
		})).toList();
		Until.ended(callers);
		assertThat(highest.get()).isLessThanOrEqualTo(most);
		accounts.close();
		assertThat(accounts.active()).isZero();
		assertThat(this.books.made).hasSize(keys);
		assertThat(this.books.ended).hasSize(keys).allSatisfy((key, count) -> assertThat(count).hasValue(1));
	}

	@Test
	@DisplayName("K05 the longest idle one makes room, however often and whenever it was called before")
	void theLongestIdleGoesFirst() {
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS.withMaxActive(3));
		for (String key : List.of("a", "b", "c", "c", "b", "a", "c")) {
			accounts.get(key).increment();
		}
		accounts.get("d").increment();
		assertThat(accounts.entry("b")).isEmpty();
		accounts.get("a").increment();
		accounts.get("e").increment();
		assertThat(accounts.entry("c")).isEmpty();
		accounts.get("f").increment();
		assertThat(accounts.entry("d")).isEmpty();
		assertThat(accounts.active()).isEqualTo(3);
	}

	@Test
	@DisplayName("K05 an instance that is not called goes after its idle time, one that is called stays")
	void idleInstancesGo() {
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler,
				DEFAULTS.withIdle(Duration.ofMillis(300)));
		accounts.get("quiet").increment();
		long start = System.nanoTime();
		while (accounts.entry("quiet").isPresent()) {
			accounts.get("busy").increment();
			assertThat(System.nanoTime() - start).isLessThan(LONG.toNanos());
		}
		assertThat(System.nanoTime() - start).isGreaterThan(200_000_000L);
		assertThat(Books.of(this.books.ended, "busy")).isZero();
		assertThat(accounts.get("quiet").increment()).isEqualTo(2);
	}

	@Test
	@DisplayName("K05 an instance whose body runs, sync or not, is not idle")
	void bodiesAreNotIdle() throws Exception {
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler,
				DEFAULTS.withIdle(Duration.ofMillis(40)));
		CountDownLatch mayEnd = new CountDownLatch(1);
		accounts.get("ann").runLater(() -> await(mayEnd));
		accounts.get("cid").increment();
		Until.until("the idle one to go", () -> accounts.entry("cid").isEmpty());
		assertThat(accounts.passivate("ann")).isFalse();
		assertThat(accounts.entry("ann")).isPresent();
		mayEnd.countDown();
		Until.until("the other to go", () -> accounts.entry("ann").isEmpty());
		assertThat(Books.of(this.books.made, "ann")).isEqualTo(1);
	}

	@Test
	@DisplayName("K06 all instances busy at the limit: TooManyKeysException when the caller's time is over, not before")
	void tooManyKeys() throws Exception {
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS.withMaxActive(2));
		CountDownLatch mayEnd = new CountDownLatch(1);
		accounts.get("ann").runLater(() -> await(mayEnd));
		CompletableFuture<Integer> body = CompletableFuture.supplyAsync(() -> {
			try {
				return accounts.get("bob").run(() -> {
					await(mayEnd);
					return 7;
				});
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}, Thread::startVirtualThread);
		Until.until("both to be there", () -> accounts.active() == 2);
		long start = System.nanoTime();
		assertThatExceptionOfType(TooManyKeysException.class)
			.isThrownBy(() -> accounts.deferred("cid").sync(Duration.ofMillis(200)).increment())
			.withMessageContaining("account[cid].increment")
			.withMessageContaining("greenroom.keyed.max-active");
		assertThat(System.nanoTime() - start).isBetween(200_000_000L, 20_000_000_000L);
		CompletableFuture<Integer> waiting = CompletableFuture
			.supplyAsync(() -> accounts.deferred("dan").sync(LONG).increment(), Thread::startVirtualThread);
		mayEnd.countDown();
		assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo(1);
		assertThat(body.get(20, TimeUnit.SECONDS)).isEqualTo(7);
		assertThat(accounts.active()).isEqualTo(2);
	}

	@Test
	@DisplayName("K07 views and handles of a key make nothing, nor do their equals, hashCode and toString")
	void viewsMakeNothing() {
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS);
		Account ann = accounts.get("ann");
		Deferred<Account> handle = accounts.deferred("ann");
		assertThat(ann).isEqualTo(accounts.get("ann")).hasSameHashCodeAs(accounts.get("ann"));
		assertThat(ann).isNotEqualTo(accounts.get("bob")).isNotEqualTo(null).isNotEqualTo("ann");
		assertThat(ann.toString()).contains("account[ann]");
		assertThat(handle).isEqualTo(accounts.deferred("ann")).hasSameHashCodeAs(accounts.deferred("ann"));
		assertThat(handle).isNotEqualTo(accounts.deferred("bob")).hasToString("Deferred[account[ann]]");
		assertThat(handle.sync()).isEqualTo(ann).isNotEqualTo(handle.oneway());
		assertThat(accounts).hasToString("Keyed[account]");
		assertThat(accounts.entry("ann")).isEmpty();
		assertThat(accounts.passivate("ann")).isTrue();
		assertThat(accounts.active()).isZero();
		assertThat(this.books.made).isEmpty();
	}

	@Test
	@DisplayName("K07 keys of the wrong type, without a text or with too long a one are rejected when they are given")
	@SuppressWarnings({ "unchecked", "rawtypes" })
	void wrongKeys() {
		Keyed<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS);
		assertThatIllegalArgumentException().isThrownBy(() -> accounts.get("x".repeat(201)))
			.withMessageContaining("201 characters")
			.withMessageContaining("200");
		assertThat(accounts.get("x".repeat(200)).increment()).isEqualTo(1);
		assertThatIllegalArgumentException().isThrownBy(() -> ((Keyed) accounts).get(7L))
			.withMessageContaining("java.lang.Long");
		assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> accounts.deferred(null))
			.withMessageContaining("account");
		assertThat(accounts.get("a\nb\u001b").toString()).contains("account[a?b?]");
	}

	@Test
	@DisplayName("K09 a handle makes sync, oneway and async calls of one recorded call; what is bound to an instance is refused")
	void handlesOfKeys() throws Exception {
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS);
		Deferred<Account> ann = accounts.deferred("ann");
		assertThat(ann.sync().increment()).isEqualTo(1);
		assertThat(ann.oneway().increment()).isZero();
		assertThat(ann.async(Account::increment).get(20, TimeUnit.SECONDS)).isEqualTo(3);
		assertThat(ann.async(Account::later).get(20, TimeUnit.SECONDS).get()).isEqualTo("ann");
		assertThat(accounts.get("ann").later().get(20, TimeUnit.SECONDS)).isEqualTo("ann");
		assertThatIllegalArgumentException().isThrownBy(() -> ann.async((account) -> {
			account.increment();
			return account.count();
		})).withMessageContaining("increment").withMessageContaining("count");
		assertThatIllegalArgumentException().isThrownBy(() -> ann.async((account) -> account.increment() + 1));
		assertThatIllegalArgumentException().isThrownBy(() -> ann.async((account) -> null))
			.withMessageContaining("no method");
		CompletableFuture<Object> failed = ann.async((account) -> {
			throw new IllegalStateException("of the function");
		});
		assertThat(failed).isCompletedExceptionally();
		assertThat(ann.sync().count()).as("what was refused did not run").isEqualTo(3);
		for (org.assertj.core.api.ThrowableAssert.ThrowingCallable refused : List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
				ann::direct, ann::calls, ann::close)) {
			assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(refused)
				.withMessageContaining("account[ann]");
		}
		assertThatIllegalArgumentException().isThrownBy(() -> ann.sync(Duration.ZERO));
	}

	@Test
	@DisplayName("K09 order, failures and timeouts of one key are those of any handler")
	void callsOfOneKey() throws Exception {
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS);
		List<Integer> order = new java.util.concurrent.CopyOnWriteArrayList<>();
		for (int i = 0; i < 20; i++) {
			int number = i;
			accounts.get("ann").runLater(() -> order.add(number));
		}
		assertThat(accounts.get("ann").<Integer>run(order::size)).isEqualTo(20);
		assertThat(order).isSorted();
		IOException failure = new IOException("of the body");
		assertThat(catchThrowable(() -> accounts.get("ann").run(() -> {
			throw failure;
		}))).isSameAs(failure);
		CountDownLatch mayEnd = new CountDownLatch(1);
		assertThatExceptionOfType(DeferredTimeoutException.class)
			.isThrownBy(() -> accounts.deferred("ann").sync(Duration.ofMillis(30)).run(() -> {
				await(mayEnd);
				return 0;
			}))
			.withMessageContaining("account[ann].run");
		mayEnd.countDown();
		assertThat(accounts.get("ann").increment()).isEqualTo(1);
		assertThat(accounts.get("ann").<Integer>run(() -> accounts.get("ann").increment())).isEqualTo(2);
	}

	@Test
	@DisplayName("K09 read-only bodies of a key run beside each other, urgent calls overtake others")
	void readersAndUrgentCalls() throws Exception {
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS);
		CyclicBarrier meeting = new CyclicBarrier(5);
		List<CompletableFuture<Void>> readers = IntStream.range(0, 5)
			.mapToObj((i) -> accounts.deferred("ann").<Void>async((account) -> {
				try {
					account.meet(meeting);
				}
				catch (Exception ex) {
					throw new IllegalStateException(ex);
				}
				return null;
			}))
			.toList();
		for (CompletableFuture<Void> reader : readers) {
			reader.get(20, TimeUnit.SECONDS);
		}
		List<String> order = new CopyOnWriteArrayList<>();
		CountDownLatch mayGoOn = new CountDownLatch(1);
		accounts.get("ann").runLater(() -> await(mayGoOn));
		accounts.get("ann").runLater(() -> order.add("ordinary"));
		accounts.get("ann").runUrgently(() -> order.add("urgent"));
		mayGoOn.countDown();
		Until.until("both to run", () -> order.size() == 2);
		assertThat(order).containsExactly("urgent", "ordinary");
	}

	@Test
	@DisplayName("K09 a place that a transaction has reserved keeps the instance: the call runs on it after the commit, or goes with the rollback")
	void reservedPlaces() {
		List<ReservedCall> reserved = new ArrayList<>();
		this.books.transactions = new CallerTransactions() {

			@Override
			public boolean isActive() {
				return true;
			}

			@Override
			public void atEnd(ReservedCall call) {
				reserved.add(call);
			}

			@Override
			public InTransaction syncCalls() {
				return InTransaction.ALLOW;
			}

		};
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS.withMaxActive(1));
		accounts.get("ann").increment();
		accounts.get("ann").addAfterCommit(10);
		assertThat(accounts.passivate("ann")).isFalse();
		assertThatExceptionOfType(TooManyKeysException.class)
			.isThrownBy(() -> accounts.deferred("bob").sync(Duration.ofMillis(50)).increment());
		reserved.removeFirst().submit();
		assertThat(accounts.get("ann").count()).isEqualTo(11);
		accounts.get("ann").addAfterCommit(10);
		reserved.removeFirst().giveBack();
		Until.until("it to be idle", () -> accounts.passivate("ann"));
		assertThat(this.books.stored).containsEntry("ann", 11);
		accounts.get("new").addAfterCommit(5);
		reserved.removeFirst().submit();
		Until.until("it to be made and run", () -> accounts.get("new").count() == 5);
		assertThat(Books.of(this.books.made, "ann")).isEqualTo(1);
	}

	@Test
	@DisplayName("K09 a deadlock of two keys of one handler names both keys")
	void deadlocksNameKeys() {
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS);
		Callable<Integer> back = () -> accounts.get("ann").increment();
		assertThatExceptionOfType(DeferredDeadlockException.class)
			.isThrownBy(() -> accounts.get("ann").run(() -> accounts.get("bob").run(back)))
			.withMessageContaining("account[bob].run waits for account[ann].increment")
			.withMessageContaining("account[ann].run waits for account[bob].run");
		assertThat(accounts.get("ann").increment()).isEqualTo(1);
	}

	@Test
	@DisplayName("K12 shutdown: calls that were accepted run or are told, also in keys that are not made yet")
	void shutdown() throws Exception {
		int keys = 3000;
		int busy = 100;
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS);
		for (int i = 0; i < keys; i++) {
			accounts.get("key" + i).increment();
		}
		CountDownLatch begun = new CountDownLatch(busy);
		CountDownLatch mayEnd = new CountDownLatch(1);
		List<CompletableFuture<?>> work = new ArrayList<>();
		for (int i = 0; i < busy; i++) {
			String key = (i % 2 == 0) ? "key" + i : "new" + i;
			accounts.get(key).runLater(() -> {
				begun.countDown();
				await(mayEnd);
			});
			work.add(accounts.deferred(key).async(Account::increment));
		}
		assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
		CompletableFuture<Void> closed = CompletableFuture.runAsync(this.scheduler::close, Thread::startVirtualThread);
		Until.until("calls from outside to be rejected",
				() -> isStopped(accounts, "key2999") && isStopped(accounts, "newest"));
		mayEnd.countDown();
		closed.get(20, TimeUnit.SECONDS);
		for (CompletableFuture<?> each : work) {
			assertThat(each).isCompleted();
		}
		assertThat(this.books.ended).isEmpty();
		accounts.close();
		assertThat(this.books.ended).hasSize(keys + busy / 2);
		assertThat(accounts.active()).isZero();
		assertThat(catchThrowable(() -> accounts.get("late").increment())).isInstanceOf(HandlerStoppedException.class);
	}

	@Test
	@DisplayName("K12 calls of new keys during and after a shutdown are rejected at once, and nothing is left of them")
	void lateKeys() throws Exception {
		KeyedHandler<String, Account> accounts = this.books.accounts(this.scheduler, DEFAULTS.withMaxActive(2));
		CountDownLatch mayEnd = new CountDownLatch(1);
		accounts.get("ann").runLater(() -> await(mayEnd));
		Until.until("it to be there", () -> accounts.active() == 1);
		CompletableFuture<Void> closed = CompletableFuture.runAsync(this.scheduler::close, Thread::startVirtualThread);
		Until.until("calls from outside to be rejected", () -> isStopped(accounts, "ann"));
		for (int i = 0; i < 20; i++) {
			assertThat(isStopped(accounts, "during" + i)).isTrue();
		}
		mayEnd.countDown();
		closed.get(20, TimeUnit.SECONDS);
		for (int i = 0; i < 20; i++) {
			assertThat(isStopped(accounts, "before" + i)).isTrue();
		}
		accounts.close();
		for (int i = 0; i < 20; i++) {
			assertThat(isStopped(accounts, "after" + i)).isTrue();
		}
		assertThat(this.books.made).containsOnlyKeys("ann");
		assertThat(this.books.ended).containsOnlyKeys("ann");
	}

	@Test
	@DisplayName("K12 what does not end in time is told to its callers, all at once")
	void shutdownCutShort() throws Exception {
		GreenScheduler hasty = GreenScheduler.builder().drainTimeout(Duration.ofMillis(200)).build();
		KeyedHandler<String, Account> accounts = this.books.accounts(hasty, DEFAULTS, HandlerOptions.defaults());
		CountDownLatch never = new CountDownLatch(1);
		List<CompletableFuture<Integer>> work = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			accounts.get("key" + i).runLater(() -> await(never));
			work.add(accounts.deferred("key" + i).async(Account::increment));
		}
		long start = System.nanoTime();
		hasty.close();
		assertThat(System.nanoTime() - start).isLessThan(20_000_000_000L);
		for (CompletableFuture<Integer> each : work) {
			assertThat(catchThrowable(() -> each.get(20, TimeUnit.SECONDS)))
				.hasCauseInstanceOf(HandlerStoppedException.class);
		}
		accounts.close();
	}

	private static boolean isStopped(Keyed<String, Account> accounts, String key) {
		try {
			accounts.deferred(key).sync(Duration.ofMillis(1)).count();
			return false;
		}
		catch (HandlerStoppedException stopped) {
			return true;
		}
		catch (DeferredTimeoutException slow) {
			return false;
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
