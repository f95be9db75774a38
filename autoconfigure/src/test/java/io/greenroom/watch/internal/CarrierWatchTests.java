package io.greenroom.watch.internal;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.greenroom.actuate.internal.GreenroomDump;
import io.greenroom.actuate.internal.GreenroomEndpoint;
import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.GreenroomEndpointAutoConfiguration;
import io.greenroom.green.GreenGroup;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;

import static org.assertj.core.api.Assertions.assertThat;

/** Virtual threads that keep what others need. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class CarrierWatchTests {

	/** What bodies here wait for: a class initializer takes no argument. */
	private static final CountDownLatch LEAVE = new CountDownLatch(1);

	private static final int CARRIERS = Integer.getInteger("jdk.virtualThreadScheduler.parallelism",
			Runtime.getRuntime().availableProcessors());

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final BlockingQueue<ProblemReport> events = new LinkedBlockingQueue<>();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
				GreenroomEndpointAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=greenroom")
		.withBean(Observer.class, () -> new MeterObserver(this.registry))
		.withBean("listener", ApplicationListener.class, () -> (event) -> {
			if (event instanceof ProblemReportedEvent problem) {
				this.events.add(problem.report());
			}
		});

	@Test
	@DisplayName("M12 carriers that are all held are reported once, with the stack of a green thread that holds one, as event, counter and problem in the dump")
	void heldCarriers(CapturedOutput output) {
		this.runner.withPropertyValues("greenroom.watch.start-limit=1s", "greenroom.watch.held-limit=0s")
			.run((context) -> {
				GreenGroup group = context.getBean(GreenScheduler.class).group();
				try {
					for (int i = 0; i < CARRIERS; i++) {
						group.spawn(Held::touch);
					}
					ProblemReport report = take();
					assertThat(report.kind()).isEqualTo(ProblemReport.Kind.STARVED);
					assertThat(report.thread()).isNotBlank();
					assertThat(Frames.own(report.stack())).contains("CarrierWatchTests");
					assertThat(report.since()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
					assertThat(output).contains("No virtual thread has started for PT",
							"at io.greenroom.watch.internal.Carrier");
					assertThat(this.events.poll(2500, TimeUnit.MILLISECONDS)).as("a second report").isNull();
					assertThat(count("starved")).isOne();
					assertShown(context, GreenroomDump.Kind.HELD_CARRIERS, "HELD CARRIERS");
				}
				finally {
					LEAVE.countDown();
				}
				assertThat(group.join(Duration.ofSeconds(30))).isTrue();
			});
	}

	@Test
	@DisplayName("M12 a virtual thread that keeps its carrier while it waits is reported once, with the user's own frame, as event, counter and problem in the dump")
	void pinnedCarrier(CapturedOutput output) {
		this.runner.withPropertyValues("greenroom.watch.pinned-limit=20ms").run((context) -> {
			context.getBean(GreenScheduler.class).spawn("pinned", Slow::touch).join();
			context.getBean(GreenScheduler.class).spawn("pinned-too", SlowToo::touch).join();
			ProblemReport report = take();
			assertThat(report.kind()).isEqualTo(ProblemReport.Kind.PINNED);
			assertThat(report.thread()).startsWith("pinned");
			assertThat(report.since()).isGreaterThanOrEqualTo(Duration.ofMillis(20));
			assertThat(Frames.own(report.stack())).contains("CarrierWatchTests.pause(CarrierWatchTests.java:");
			assertThat(output).contains("has kept its carrier for PT",
					"at io.greenroom.watch.internal.CarrierWatchTests.pause(");
			assertThat(this.events.poll(3, TimeUnit.SECONDS)).as("a second report of the place").isNull();
			Until.until("the count", () -> count("pinned") == 1);
			assertShown(context, GreenroomDump.Kind.PINNED_CARRIER, "PINNED CARRIER pinned");
		});
	}

	@Test
	@DisplayName("M12 nothing is reported of threads that get a carrier in time unless it is asked for")
	void offByDefault() {
		this.runner.run((context) -> assertThat(watch(context)).isFalse());
		this.runner.withPropertyValues("greenroom.watch.start-limit=0s").run((context) -> {
			assertThat(watch(context)).isTrue();
			assertThat(context.getBean("greenroomCarrierWatch", SmartLifecycle.class).isRunning()).isFalse();
		});
	}

	@ParameterizedTest
	@CsvSource({ "start-limit, -1s", "start-limit, 9ms", "pinned-limit, 1ms", "held-limit, 99ms" })
	@DisplayName("A04 a wrong limit of the watch stops the start and is named")
	void wrong(String key, String value) {
		this.runner.withPropertyValues("greenroom.watch." + key + "=" + value)
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("greenroom.watch." + key));
	}

	private static void assertShown(ApplicationContext context, GreenroomDump.Kind kind, String line) {
		GreenroomEndpoint endpoint = context.getBean(GreenroomEndpoint.class);
		assertThat(endpoint.dump(0).problems()).filteredOn((problem) -> problem.kind() == kind)
			.singleElement()
			.satisfies((problem) -> assertThat(problem.at()).contains("CarrierWatchTests"));
		assertThat(endpoint.text(0).lines().limit(10)).anyMatch((shown) -> shown.contains(line));
	}

	private static boolean watch(ApplicationContext context) {
		return context.containsBean("greenroomCarrierWatch");
	}

	private ProblemReport take() throws InterruptedException {
		ProblemReport report = this.events.poll(60, TimeUnit.SECONDS);
		assertThat(report).as("a report").isNotNull();
		return report;
	}

	private double count(String kind) {
		Counter counter = this.registry.find("greenroom.problems.reported").tag("kind", kind).counter();
		return (counter != null) ? counter.count() : 0;
	}

	/** Holds the carriers of all that touch it: the first runs this, the others wait. */
	private static final class Held {

		static {
			try {
				LEAVE.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		static int touch() {
			return 1;
		}

	}

	private static void pause() {
		try {
			new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Pins the thread that touches it first, for long enough to be noticed. */
	private static final class Slow {

		static {
			pause();
		}

		static int touch() {
			return 1;
		}

	}

	/** Pins another one in the same place. */
	private static final class SlowToo {

		static {
			pause();
		}

		static int touch() {
			return 1;
		}

	}

}
