package io.greenroom.bench;

import java.util.concurrent.TimeUnit;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Execution;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/**
 * What Spring's proxy costs on top of the handle, run by the caller itself so that no
 * switch of threads hides it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(3)
public class BeanCall {

	private AnnotationConfigApplicationContext context;

	private CounterBean bean;

	private CounterBean handle;

	private CounterBean plain;

	@Setup
	public void open() {
		this.context = new AnnotationConfigApplicationContext(Application.class, CounterBean.class);
		this.bean = this.context.getBean(CounterBean.class);
		this.handle = (CounterBean) this.context.getBeanProvider(Deferred.class).getObject().sync();
		this.plain = Deferred
			.of(this.context.getBean(io.greenroom.green.GreenScheduler.class), new CounterBean(),
					io.greenroom.deferred.HandlerOptions.builder().execution(Execution.CALLER_WHEN_IDLE).build())
			.sync();
		this.bean.increment();
		this.plain.increment();
	}

	@TearDown
	public void close() {
		this.context.close();
	}

	@Benchmark
	public int bean() {
		return this.bean.increment();
	}

	/** The handle of the bean: its bodies run through the bean's advice. */
	@Benchmark
	public int handleOfBean() {
		return this.handle.increment();
	}

	@Benchmark
	public int handle() {
		return this.plain.increment();
	}

	@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class })
	static class Application {

	}

	/** Without a lock. */
	@DeferredHandler(execution = Execution.CALLER_WHEN_IDLE)
	public static class CounterBean {

		private int count;

		public int increment() {
			return ++this.count;
		}

	}

}
