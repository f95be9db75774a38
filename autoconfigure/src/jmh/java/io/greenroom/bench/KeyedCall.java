package io.greenroom.bench;

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
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.ResolvableType;

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

	@Param({ "1", "10000" })
	private int keys;

	private AnnotationConfigApplicationContext context;

	private Keyed<Long, KeyedCounter> keyed;

	private KeyedCounter active;

	private SingleCounter single;

	private long next;

	@Setup
	public void open() {
		this.context = new AnnotationConfigApplicationContext(Application.class, KeyedCounter.class,
				SingleCounter.class, PrototypeCounter.class);
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
	public int singleton() {
		return this.single.increment();
	}

	@Benchmark
	public int activeKey() {
		return this.active.increment();
	}

	@Benchmark
	public int activeKeyByGet() {
		return this.keyed.get(0L).increment();
	}

	@Benchmark
	public int firstCall() {
		long key = this.next++;
		int count = this.keyed.get(key).increment();
		this.keyed.passivate(key);
		return count;
	}

	@Benchmark
	public int prototype() {
		PrototypeCounter made = this.context.getBean(PrototypeCounter.class);
		int count = made.increment();
		this.context.getBeanFactory().destroyBean("keyedCall.PrototypeCounter",
				org.springframework.aop.framework.AopProxyUtils.getSingletonTarget(made));
		return count;
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
