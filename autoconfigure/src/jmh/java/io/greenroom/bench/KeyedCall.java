package io.greenroom.bench;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.MapPropertySource;

/**
 * A call of a key that has an instance against one of a singleton of the same class, among
 * so many keys; and the first call of a key, its end included, against {@code getBean} of a
 * prototype of the same class and its end.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class KeyedCall {

	private static final int CALLS = 1000;

	/** 1000000 needs a heap of 4 GB. */
	@Param({ "1", "10000" })
	private int keys;

	private AnnotationConfigApplicationContext context;

	private Keyed<Long, KeyedCounter> keyed;

	private KeyedCounter active;

	private SingleCounter single;

	private long next;

	@Setup
	public void open() {
		this.context = new AnnotationConfigApplicationContext();
		this.context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("bench", Map.of("greenroom.keyed.max-active", this.keys + 1_000_000)));
		this.context.register(Application.class, KeyedCounter.class, SingleCounter.class, PrototypeCounter.class);
		this.context.refresh();
		this.keyed = this.context
			.<Keyed<Long, KeyedCounter>>getBeanProvider(
					ResolvableType.forClassWithGenerics(Keyed.class, Long.class, KeyedCounter.class))
			.getObject();
		this.single = this.context.getBean(SingleCounter.class);
		this.active = this.keyed.get(0L);
		for (long key = 0; key < this.keys; key++) {
			this.keyed.get(key).increment();
		}
		this.next = this.keys;
	}

	@TearDown
	public void close() {
		this.context.close();
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void singleton() throws Exception {
		byVirtualThread(this.single::increment);
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void activeKey() throws Exception {
		byVirtualThread(this.active::increment);
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void activeKeyByGet() throws Exception {
		byVirtualThread(() -> this.keyed.get(0L).increment());
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void anyActiveKey() throws Exception {
		byVirtualThread(() -> this.keyed.get(ThreadLocalRandom.current().nextLong(this.keys)).increment());
	}

	/** The same done by hand: a map of executors, and no limit, no end, no context. */
	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void anyExecutor(Peers peers) throws Exception {
		byVirtualThread(() -> peers.call(ThreadLocalRandom.current().nextLong(this.keys)));
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void firstCall() throws Exception {
		byVirtualThread(() -> {
			long key = this.next++;
			this.keyed.get(key).increment();
			this.keyed.passivate(key);
		});
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void prototype() throws Exception {
		byVirtualThread(() -> {
			PrototypeCounter made = this.context.getBean(PrototypeCounter.class);
			made.increment();
			this.context.getBeanFactory()
				.destroyBean("keyedCall.PrototypeCounter", AopProxyUtils.getSingletonTarget(made));
		});
	}

	/** The wake-up of a platform thread would take much longer than what is compared. */
	private static void byVirtualThread(Runnable call) throws InterruptedException {
		Thread.startVirtualThread(() -> {
			for (int i = 0; i < CALLS; i++) {
				call.run();
			}
		}).join();
	}

	/** An executor with one virtual thread for each key. */
	@State(Scope.Benchmark)
	public static class Peers {

		private final Map<Long, Peer> byKey = new ConcurrentHashMap<>();

		@Setup
		public void open(KeyedCall all) {
			for (long key = 0; key < all.keys; key++) {
				call(key);
			}
		}

		@TearDown
		public void close() {
			this.byKey.values().forEach((peer) -> peer.executor.shutdown());
		}

		void call(long key) {
			Peer peer = this.byKey.computeIfAbsent(key, (any) -> new Peer());
			try {
				peer.executor.submit(peer::increment).get();
			}
			catch (InterruptedException | ExecutionException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	/** Counts in a thread of its own. */
	private static final class Peer {

		private final ExecutorService executor = Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());

		private int count;

		private int increment() {
			return ++this.count;
		}

	}

	@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class })
	static class Application {

	}

	/** One for each key. */
	@DeferredHandler
	public static class KeyedCounter {

		private int count;

		public KeyedCounter(@Key Long key) {
		}

		public int increment() {
			return ++this.count;
		}

	}

	/** One for all. */
	@DeferredHandler
	public static class SingleCounter {

		private int count;

		public int increment() {
			return ++this.count;
		}

	}

	/** One for each that asks. */
	@DeferredHandler
	@org.springframework.context.annotation.Scope("prototype")
	public static class PrototypeCounter {

		private int count;

		public int increment() {
			return ++this.count;
		}

	}

}
