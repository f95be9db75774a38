package io.greenroom.cluster.internal;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

import io.greenroom.cluster.NoQuorumException;
import io.greenroom.cluster.OwnerLostException;
import io.greenroom.cluster.RemoteFailureException;
import io.greenroom.cluster.WireContext;
import io.greenroom.cluster.internal.ClusterCounts.What;
import io.greenroom.deferred.DeferredDeadlockException;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.internal.CallerTransactions;
import io.greenroom.deferred.internal.HandlerHost.Made;
import io.greenroom.green.GreenScheduler;
import io.greenroom.json.internal.JacksonCodec;
import io.greenroom.keyed.Keyed;
import io.greenroom.keyed.internal.KeyType;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.keyed.internal.KeyedOptions;
import io.greenroom.wire.Answer;
import io.greenroom.wire.Codec;
import io.greenroom.wire.Envelope;
import io.greenroom.wire.FailureData;
import io.greenroom.wire.FailureForm;
import io.greenroom.wire.MessageFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Handlers by key on two nodes with threads, in one JVM. */
class ClusterTests {

	private static final Codec CODEC = new JacksonCodec(JsonMapper.builder().build());

	private final ThreadedNetwork network = new ThreadedNetwork();

	private final List<GreenScheduler> schedulers = new ArrayList<>();

	private final CountDownLatch begun = new CountDownLatch(1);

	private final CountDownLatch goOn = new CountDownLatch(1);

	private final AtomicInteger bodies = new AtomicInteger();

	@AfterEach
	void close() {
		this.goOn.countDown();
		this.schedulers.forEach(GreenScheduler::close);
		this.network.close();
	}

	@Test
	@DisplayName("N14 a call finds the node that has its key, sync, async and oneway, in the caller's order")
	void findsTheOwner() throws Exception {
		Side one = new Side("one");
		Side two = new Side("two");
		this.network.owners.put("Counter[a]", "two");
		this.network.owners.put("Counter[b]", "one");
		assertThat(one.counters.get("a").where()).isEqualTo("two");
		assertThat(one.counters.get("b").where()).isEqualTo("one");
		assertThat(two.counters.get("b").where()).isEqualTo("one");
		for (int i = 0; i < 100; i++) {
			one.counters.get("a").note(i);
		}
		assertThat(one.counters.deferred("a").async(Counter::noted).get(5, TimeUnit.SECONDS)).hasSize(100).isSorted();
		assertThat(one.counters.get("a").later(20).get(5, TimeUnit.SECONDS)).isEqualTo(21);
		assertThat(one.counters.active()).isOne();
		assertThat(two.counters.active()).isOne();
	}

	@Test
	@DisplayName("N14 keys with the same hash code find their own nodes, called in turn")
	void equalHashCodes() {
		Side one = new Side("one");
		new Side("two");
		assertThat("Aa").hasSameHashCodeAs("BB");
		this.network.owners.put("Counter[Aa]", "one");
		this.network.owners.put("Counter[BB]", "two");
		for (int i = 0; i < 3; i++) {
			assertThat(one.counters.get("Aa").where()).isEqualTo("one");
			assertThat(one.counters.get("BB").where()).isEqualTo("two");
		}
	}

	@Test
	@DisplayName("N05 the answer is lost: the call is sent again, gets the first answer, and the body ran once")
	void answerLost() {
		Side one = new Side("one");
		new Side("two");
		this.network.owners.put("Counter[a]", "two");
		AtomicInteger said = new AtomicInteger();
		this.network.loses = (from) -> from.equals("two") && said.getAndIncrement() == 0;
		assertThat(one.counters.get("a").add(1)).isEqualTo(1);
		assertThat(this.bodies).hasValue(1);
		assertThat(one.node.counts().of(What.RESENT)).isOne();
	}

	@Test
	@DisplayName("N06 not durable: the owner dies in the body and the caller is told; moved before it began, it is made on the next owner")
	void ownerLost() throws Exception {
		Side one = new Side("one");
		Side two = new Side("two");
		this.network.owners.put("Counter[a]", "two");
		CompletableFuture<Integer> blocked = one.counters.deferred("a").async(Counter::block);
		assertThat(this.begun.await(5, TimeUnit.SECONDS)).isTrue();
		CompletableFuture<Integer> waiting = one.counters.deferred("a").async((counter) -> counter.add(5));
		// Both are in the mailbox there.
		Until.until(() -> two.node.serving() == 2);
		this.network.owners.put("Counter[a]", "one");
		this.goOn.countDown();
		assertThat(blocked.get(5, TimeUnit.SECONDS)).isZero();
		assertThat(waiting.get(5, TimeUnit.SECONDS)).isEqualTo(5);
		assertThat(this.bodies).hasValue(1);
		assertThat(two.node.counts().of(What.MOVED)).isOne();
	}

	@Test
	@DisplayName("N06 the owner dies in the body: OwnerLostException says that it may have run")
	void ownerDies() throws Exception {
		Side one = new Side("one");
		new Side("two");
		new Side("three");
		this.network.owners.put("Counter[a]", "two");
		CompletableFuture<Integer> blocked = one.counters.deferred("a").async(Counter::block);
		assertThat(this.begun.await(5, TimeUnit.SECONDS)).isTrue();
		this.network.owners.put("Counter[a]", "one");
		this.network.kill("two");
		assertThat(blocked).failsWithin(Duration.ofSeconds(5))
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(OwnerLostException.class)
			.withMessageContaining("Counter[a].block may have run");
	}

	@Test
	@DisplayName("N07 too few nodes: NoQuorumException within the caller's time, and no body runs; after the merge the instances are fresh")
	void noQuorum() {
		Side one = new Side("one");
		Side two = new Side("two");
		this.network.owners.put("Counter[a]", "one");
		assertThat(one.counters.get("a").add(1)).isOne();
		this.network.node("one").sees = Set.of("one");
		long start = System.nanoTime();
		assertThatExceptionOfType(NoQuorumException.class)
			.isThrownBy(() -> one.counters.deferred("a").sync(Duration.ofMillis(200)).add(1))
			.withMessageContaining("1 of at least 2 nodes");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
		assertThat(this.bodies).hasValue(1);
		this.network.node("one").sees = null;
		one.node.merged();
		assertThat(two.counters.get("a").add(1)).as("fresh").isOne();
	}

	@Test
	@DisplayName("N08 A on node one calls B on node two, which calls A: told with the chain at once")
	void circle() {
		Side one = new Side("one");
		Side two = new Side("two");
		this.network.owners.put("Counter[a]", "one");
		this.network.owners.put("Counter[b]", "two");
		long start = System.nanoTime();
		assertThatExceptionOfType(DeferredDeadlockException.class)
			.isThrownBy(() -> one.counters.get("a").through("b", "a"))
			.withMessageContaining("Counter[a] waits")
			.withMessageContaining("Counter[b] waits")
			.withMessageContaining("for Counter[a].where");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
		assertThat(two.counters.get("b").where()).isEqualTo("two");
	}

	@Test
	@DisplayName("N09 the caller's time is over: it is told, and what waits behind never runs")
	void timeOver() throws Exception {
		Side one = new Side("one");
		Side two = new Side("two");
		this.network.owners.put("Counter[a]", "two");
		CompletableFuture<Integer> blocked = one.counters.deferred("a").async(Counter::block);
		assertThat(this.begun.await(5, TimeUnit.SECONDS)).isTrue();
		assertThatExceptionOfType(DeferredTimeoutException.class)
			.isThrownBy(() -> one.counters.deferred("a").sync(Duration.ofSeconds(2)).add(1))
			.withMessageContaining("node two has the call");
		Until.until(() -> two.node.serving() == 1);
		this.goOn.countDown();
		blocked.get(5, TimeUnit.SECONDS);
		assertThat(one.counters.get("a").where()).isEqualTo("two");
		assertThat(this.bodies).hasValue(0);
	}

	@Test
	@DisplayName("N10 a user's exception with fields arrives as it was thrown, with both stacks; one that is not here says what it was")
	void failures() {
		Side one = new Side("one");
		new Side("two");
		this.network.owners.put("Counter[a]", "two");
		OverdrawnException thrown = catchThrowableOfType(OverdrawnException.class,
				() -> one.counters.get("a").overdraw("ann", 12));
		assertThat(thrown).hasMessage("ann lacks 12");
		assertThat(thrown.account()).isEqualTo("ann");
		assertThat(thrown.getMissing()).isEqualTo(12);
		assertThat(thrown.getStackTrace()[0].getMethodName()).isEqualTo("overdraw");
		assertThat(thrown.getSuppressed()[0].getStackTrace()).anyMatch(
				(frame) -> frame.getMethodName().equals("failures") || frame.getMethodName().contains("failures"));
		FailureForm form = new FailureForm(CODEC);
		FailureData data = form.write(thrown);
		FailureData elsewhere = new FailureData("com.example.Gone", data.message(), data.properties(), data.frames(),
				null);
		assertThat(form.read(elsewhere, getClass().getClassLoader())).isNull();
		assertThat(form.read(new FailureData("java.lang.Runtime", "x", null, List.of(), null),
				getClass().getClassLoader()))
			.as("no throwable")
			.isNull();
	}

	@Test
	@DisplayName("N12 64 bodies of one node block: calls of its other keys are answered")
	void blocked() {
		Side one = new Side("one");
		new Side("two");
		List<CompletableFuture<Integer>> blocked = new ArrayList<>();
		for (int i = 0; i < 64; i++) {
			this.network.owners.put("Counter[" + i + "]", "two");
			blocked.add(one.counters.deferred(String.valueOf(i)).async(Counter::block));
		}
		this.network.owners.put("Counter[a]", "two");
		assertThat(one.counters.get("a").where()).isEqualTo("two");
		this.goOn.countDown();
		assertThat(CompletableFuture.allOf(blocked.toArray(CompletableFuture[]::new)))
			.succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	@DisplayName("N13 a hostile envelope is rejected and counted, and makes nothing")
	void hostile() {
		Side one = new Side("one");
		Side two = new Side("two");
		this.network.owners.put("Counter[a]", "two");
		MessageFormat format = new MessageFormat(1 << 20);
		List<Envelope> hostile = List.of(envelope("Nobody", "a", "where()", "{}"),
				envelope("Counter", "a", "getClass()", "{}"), envelope("Counter", "a", "wait(long)", "{\"0\":1}"),
				envelope("Counter", "a", "hashCode()", "{}"), envelope("Counter", "k".repeat(201), "where()", "{}"),
				envelope("Counter", "a", "add(java.lang.Object)", "{\"0\":{\"@class\":\"java.lang.Runtime\"}}"));
		hostile.forEach((call) -> two.node.received("one", format.write(call, 0)));
		assertThat(two.node.counts().of(What.REJECTED)).isEqualTo(hostile.size());
		two.node.received("one", "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
		two.node.received("one", new byte[0]);
		two.node.received("one", new byte[100 << 20]);
		byte[] lying = format.write(envelope("Counter", "a", "where()", "{}"), 0);
		lying[10] = 0x7f;
		two.node.received("one", lying);
		assertThat(two.node.counts().of(What.REJECTED)).isEqualTo(hostile.size() + 4);
		assertThat(two.counters.active()).isZero();
		assertThat(two.node.known()).isZero();
		assertThatExceptionOfType(RemoteFailureException.class).isThrownBy(() -> {
			this.network.owners.put("Other[a]", "two");
			one.others.get("a").where();
		}).withMessageContaining("has no handler 'Other'");
	}

	@Test
	@DisplayName("N10 N13 messages come back as they were, and any changed byte makes another message or none")
	void format() {
		MessageFormat format = new MessageFormat(1 << 20);
		Envelope call = new Envelope("1", 2, "h", "k", "m()", "{\"0\":1}", Envelope.Mode.ACCEPTANCE,
				Duration.ofMillis(5), Map.of("trace", "ä"), List.of(new Envelope.Waiting("a[b]", true)));
		assertThat(format.read(format.write(call, 42))).isEqualTo(new MessageFormat.Sent(call, 42));
		Answer answer = Answer.threw(call,
				new FailureForm(CODEC).write(new IllegalStateException("x", new Error("y"))));
		assertThat(format.read(format.write(answer, 1)).message()).isEqualTo(answer);
		byte[] bytes = format.write(answer, 1);
		for (int at = 0; at < bytes.length; at++) {
			byte[] changed = bytes.clone();
			changed[at] ^= (byte) 0x80;
			try {
				assertThat(format.read(changed)).isNotEqualTo(new MessageFormat.Sent(answer, 1));
			}
			catch (io.greenroom.wire.CodecException refused) {
				assertThat(refused.getMessage()).isNotBlank();
			}
		}
	}

	private static Envelope envelope(String handler, String key, String method, String arguments) {
		return new Envelope("id-" + method + key.length() + handler, 1, handler, key, method, arguments,
				Envelope.Mode.ANSWER, Duration.ofSeconds(5), Map.of(), List.of());
	}

	/** What one node has. */
	private final class Side {

		private final ClusterNode node;

		private final Keyed<String, Counter> counters;

		private final Keyed<String, Counter> others;

		Side(String name) {
			ThreadedNetwork.Node port = ClusterTests.this.network.node(name);
			this.node = new ClusterNode(port, port, ClusterOptions.of(2));
			this.node.start();
			Cluster cluster = new Cluster(this.node, port, CODEC, WireContext.NONE, (type) -> false, null);
			GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();
			ClusterTests.this.schedulers.add(scheduler);
			BiFunction<String, String, Counter> maker = (handler, key) -> new Counter(name, this, ClusterTests.this);
			this.counters = handler(scheduler, "Counter", cluster, maker);
			this.others = name.equals("one") ? handler(scheduler, "Other", cluster, maker) : this.counters;
		}

		private static Keyed<String, Counter> handler(GreenScheduler scheduler, String name, Cluster cluster,
				BiFunction<String, String, Counter> maker) {
			return new KeyedHandler<String, Counter>(scheduler, Counter.class, new KeyType(String.class),
					HandlerOptions.builder().name(name).build(), KeyedOptions.defaults(), CallerTransactions.NONE,
					(method) -> false, (key, handler) -> {
						Counter made = maker.apply(name, key);
						return new Made(made, made);
					}, cluster);
		}

	}

	static class Counter {

		private final String node;

		private final Side side;

		private final ClusterTests test;

		private final List<Integer> noted = new ArrayList<>();

		private int count;

		Counter(String node, Side side, ClusterTests test) {
			this.node = node;
			this.side = side;
			this.test = test;
		}

		String where() {
			return this.node;
		}

		int add(int more) {
			this.test.bodies.incrementAndGet();
			this.count += more;
			return this.count;
		}

		int block() {
			this.test.begun.countDown();
			try {
				this.test.goOn.await(20, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return this.count;
		}

		@Oneway
		void note(int number) {
			this.noted.add(number);
		}

		List<Integer> noted() {
			return List.copyOf(this.noted);
		}

		CompletableFuture<Integer> later(int number) {
			return CompletableFuture.completedFuture(number + 1);
		}

		String through(String next, String back) {
			return this.side.counters.get(next).through(back);
		}

		String through(String back) {
			return this.side.counters.get(back).where();
		}

		void overdraw(String account, int missing) {
			throw new OverdrawnException(account, missing);
		}

	}

	static final class OverdrawnException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private final String account;

		private final int missing;

		OverdrawnException(String account, int missing) {
			super(account + " lacks " + missing);
			this.account = account;
			this.missing = missing;
		}

		String account() {
			return this.account;
		}

		int getMissing() {
			return this.missing;
		}

	}

	/** Waits on a condition, on the test's own thread. */
	private static final class Until {

		static void until(java.util.function.BooleanSupplier condition) {
			long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
			while (!condition.getAsBoolean()) {
				assertThat(System.nanoTime()).as("time").isLessThan(end);
				Thread.onSpinWait();
			}
		}

	}

}
