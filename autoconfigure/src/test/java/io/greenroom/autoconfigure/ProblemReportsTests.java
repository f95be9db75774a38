package io.greenroom.autoconfigure;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.Processing;
import io.greenroom.green.GreenScheduler;
import io.greenroom.metrics.internal.MeterObserver;
import io.greenroom.observe.Observer;
import io.greenroom.observe.ProblemReport;
import io.greenroom.observe.internal.Frames;
import io.greenroom.spring.ProblemReportedEvent;
import io.greenroom.testkit.Until;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;

import static org.assertj.core.api.Assertions.assertThat;

/** What is wrong with handlers and goes on is logged, published and counted, once. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class ProblemReportsTests {

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final BlockingQueue<ProblemReport> events = new LinkedBlockingQueue<>();

	private final CountDownLatch leave = new CountDownLatch(1);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class))
		.withBean(Observer.class, () -> new MeterObserver(this.registry))
		.withBean("listener", ApplicationListener.class, () -> (event) -> {
			if (event instanceof ProblemReportedEvent problem) {
				this.events.add(problem.report());
			}
		})
		.withUserConfiguration(Scales.class);

	@Test
	@DisplayName("M01 a busy body is logged with the user's own frame in the first line, published as an event and counted, once")
	void busy(CapturedOutput output) {
		this.runner.withPropertyValues("greenroom.deferred.busy-limit=100ms").run((context) -> {
			try {
				context.getBean(Scales.class).weigh(this.leave);
				ProblemReport report = take();
				assertThat(report.kind()).isEqualTo(ProblemReport.Kind.BUSY);
				assertThat(report.handler()).isEqualTo("problemReportsTests.Scales");
				assertThat(report.thread()).isEqualTo("handler-problemReportsTests.Scales");
				assertThat(Frames.own(report.stack())).contains("ProblemReportsTests$Scales.settle(");
				assertThat(output.toString().lines()).anySatisfy((line) -> assertThat(line).containsPattern(
						"Handler 'problemReportsTests.Scales' has been busy with weigh for PT\\S+, at io.greenroom.autoconfigure.ProblemReportsTests\\$Scales.settle\\("));
				Until.until("the count", () -> count("busy") == 1);
				assertThat(this.events.poll(500, TimeUnit.MILLISECONDS)).as("a second report").isNull();
			}
			finally {
				this.leave.countDown();
			}
		});
	}

	@Test
	@DisplayName("M01 a call that waits beyond the limit is reported once, with what holds the handler; again only after none has")
	void overdue(CapturedOutput output) {
		this.runner.withPropertyValues("greenroom.deferred.wait-limit=100ms").run((context) -> {
			Scales scales = context.getBean(Scales.class);
			CountDownLatch second = new CountDownLatch(1);
			try {
				scales.weigh(this.leave);
				scales.read();
				ProblemReport report = take();
				assertThat(report.kind()).isEqualTo(ProblemReport.Kind.OVERDUE);
				assertThat(report.handler()).isEqualTo("problemReportsTests.Scales");
				assertThat(report.since()).isGreaterThanOrEqualTo(Duration.ofMillis(100));
				assertThat(Frames.own(report.stack())).contains("ProblemReportsTests$Scales.settle(");
				assertThat(output)
					.contains("The oldest of 1 calls of handler 'problemReportsTests.Scales' has waited for PT");
				Until.until("the count", () -> count("overdue") == 1);
				assertThat(this.events.poll(500, TimeUnit.MILLISECONDS)).as("a second report").isNull();
				this.leave.countDown();
				assertThat(scales.kilos()).isZero();
				// Looked at while nothing waits: the next look is a quarter of the limit
				// away.
				assertThat(this.events.poll(500, TimeUnit.MILLISECONDS)).as("a report of nothing").isNull();
				scales.weigh(second);
				scales.read();
				assertThat(take().kind()).isEqualTo(ProblemReport.Kind.OVERDUE);
			}
			finally {
				this.leave.countDown();
				second.countDown();
			}
		});
	}

	@Test
	@DisplayName("M01 a call that nobody processes is overdue too, with no stack to show; none is where that is not asked for, or the handler is exempt")
	void overdueByHand() throws Exception {
		BlockingQueue<ProblemReport> reports = new LinkedBlockingQueue<>();
		try (GreenScheduler scheduler = GreenScheduler.builder().observer(new Observer() {

			@Override
			public void reported(ProblemReport report) {
				reports.add(report);
			}

		}).build()) {
			HandlerOptions manual = HandlerOptions.builder().processing(Processing.MANUAL).build();
			Deferred<Scales> unlimited = Deferred.of(scheduler, new Scales(),
					manual.toBuilder().name("unlimited").build());
			Deferred<Scales> exempt = Deferred.of(scheduler, new Scales(),
					manual.toBuilder()
						.name("exempt")
						.waitLimit(Duration.ofMillis(50))
						.busyLimit(Duration.ZERO)
						.build());
			Deferred<Scales> limited = Deferred.of(scheduler, new Scales(),
					manual.toBuilder().name("limited").waitLimit(Duration.ofMillis(100)).build());
			unlimited.oneway().read();
			exempt.oneway().read();
			limited.oneway().read();
			ProblemReport report = reports.poll(60, TimeUnit.SECONDS);
			assertThat(report).isNotNull();
			assertThat(report.handler()).isEqualTo("limited");
			assertThat(report.stack()).isEmpty();
			assertThat(reports.poll(300, TimeUnit.MILLISECONDS)).isNull();
			limited.calls().process();
			exempt.calls().process();
			unlimited.calls().process();
		}
	}

	@Test
	@DisplayName("A04 a negative wait-limit stops the start and is named")
	void wrong() {
		this.runner.withPropertyValues("greenroom.deferred.wait-limit=-1s")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("greenroom.deferred.wait-limit"));
	}

	private ProblemReport take() throws InterruptedException {
		ProblemReport report = this.events.poll(60, TimeUnit.SECONDS);
		assertThat(report).as("a report").isNotNull();
		return report;
	}

	private double count(String kind) {
		Counter counter = this.registry.find("greenroom.problems.reported")
			.tag("kind", kind)
			.tag("handler", "problemReportsTests.Scales")
			.counter();
		return (counter != null) ? counter.count() : 0;
	}

	@DeferredHandler
	static class Scales {

		@Oneway
		void weigh(CountDownLatch leave) throws InterruptedException {
			settle(leave);
		}

		private void settle(CountDownLatch leave) throws InterruptedException {
			leave.await();
		}

		@Oneway
		void read() {
		}

		int kilos() {
			return 0;
		}

	}

}
