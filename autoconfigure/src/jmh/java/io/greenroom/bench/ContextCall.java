package io.greenroom.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.greenroom.context.internal.MdcAccessor;
import io.greenroom.context.internal.RegisteredContext;
import io.greenroom.deferred.Deferred;
import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.ContextCarrier;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
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
import org.slf4j.MDC;

/**
 * What it costs to carry the caller's context to a body: with no carrier, with one that
 * finds nothing, and with one that carries a logging context of two entries and a thread
 * local. The caller is a virtual thread that has the context.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(3)
public class ContextCall {

	private static final int CALLS = 10_000;

	@Param({ "off", "empty", "full" })
	private String context;

	private GreenScheduler scheduler;

	private ContextSnapshotFactory snapshots;

	private Counter counter;

	private final Counter bare = new Counter();

	@Setup
	public void open() {
		List<ThreadLocalAccessor<?>> accessors = List.of(new MdcAccessor(), new LocaleAccessor());
		ContextRegistry registry = new ContextRegistry();
		accessors.forEach(registry::registerThreadLocalAccessor);
		this.snapshots = ContextSnapshotFactory.builder().contextRegistry(registry).build();
		ContextCarrier carrier = this.context.equals("off") ? ContextCarrier.NONE
				: new RegisteredContext(new ContextRegistry(), accessors);
		this.scheduler = GreenScheduler.builder().contextCarrier(carrier).build();
		this.counter = Deferred.of(this.scheduler, new Counter()).sync();
	}

	@TearDown
	public void close() {
		this.scheduler.close();
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void call() throws InterruptedException {
		inContext(this.counter::increment);
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void spawn() throws InterruptedException {
		inContext(() -> {
			try {
				this.scheduler.spawn(() -> {
					this.bare.increment();
				}).join();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	/** By hand: Micrometer's snapshot of the same context, restored on a virtual thread. */
	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void snapshot() throws InterruptedException {
		inContext(() -> {
			try {
				Thread.startVirtualThread(this.snapshots.captureAll().wrap((Runnable) this.bare::increment)).join();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	private void inContext(Runnable call) throws InterruptedException {
		Thread.startVirtualThread(() -> {
			if (this.context.equals("full")) {
				MDC.setContextMap(Map.of("user", "alice", "order", "4711"));
				LocaleAccessor.LOCALE.set(Locale.FRENCH);
			}
			for (int i = 0; i < CALLS; i++) {
				call.run();
			}
		}).join();
	}

	/** A thread local like those of applications. */
	private static final class LocaleAccessor implements ThreadLocalAccessor<Locale> {

		private static final ThreadLocal<Locale> LOCALE = new ThreadLocal<>();

		@Override
		public Object key() {
			return "bench.locale";
		}

		@Override
		public Locale getValue() {
			return LOCALE.get();
		}

		@Override
		public void setValue(Locale value) {
			LOCALE.set(value);
		}

		@Override
		public void setValue() {
			LOCALE.remove();
		}

	}

}
