package io.greenroom.bench;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.DeferredHandler;
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

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * What users of Spring write so that a bean's method runs once at a time, called by
 * virtual threads that wait for the result: a handler, {@code @Async} with one thread,
 * {@code @ConcurrencyLimit(1)}, and a bulkhead of Resilience4j. The last two run the
 * method on the caller's thread.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(3)
public class BeanPeers {

	private static final int CALLS = 8000;

	@Param({ "1", "8" })
	private int callers;

	private AnnotationConfigApplicationContext context;

	private Handling handling;

	private Asynchronous asynchronous;

	private Limited limited;

	private Bulkhead bulkhead;

	private final Counter bare = new Counter();

	@Setup
	public void open() {
		this.context = new AnnotationConfigApplicationContext(Application.class, Handling.class, Asynchronous.class,
				Limited.class);
		this.handling = this.context.getBean(Handling.class);
		this.asynchronous = this.context.getBean(Asynchronous.class);
		this.limited = this.context.getBean(Limited.class);
		this.bulkhead = Bulkhead.of("one",
				BulkheadConfig.custom().maxConcurrentCalls(1).maxWaitDuration(Duration.ofMinutes(1)).build());
	}

	@TearDown
	public void close() {
		this.context.close();
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void handler() throws InterruptedException {
		byAll(this.handling::increment);
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void async() throws InterruptedException {
		byAll(() -> this.asynchronous.increment().join());
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void concurrencyLimit() throws InterruptedException {
		byAll(this.limited::increment);
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void bulkhead() throws InterruptedException {
		byAll(() -> this.bulkhead.executeRunnable(this.bare::increment));
	}

	private void byAll(Runnable call) throws InterruptedException {
		Callers.run(this.callers, CALLS, call);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	@EnableResilientMethods
	@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class })
	static class Application {

		@Bean
		Executor one() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setCorePoolSize(1);
			executor.setMaxPoolSize(1);
			return executor;
		}

	}

	/** A handler, whose calls its green thread runs. */
	@DeferredHandler
	public static class Handling {

		private int count;

		public int increment() {
			return ++this.count;
		}

	}

	/** One thread runs its calls. */
	public static class Asynchronous {

		private int count;

		@Async("one")
		public CompletableFuture<Integer> increment() {
			return CompletableFuture.completedFuture(++this.count);
		}

	}

	/** Lets one caller in. */
	public static class Limited {

		private int count;

		@ConcurrencyLimit(1)
		public int increment() {
			return ++this.count;
		}

	}

}
