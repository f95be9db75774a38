package io.greenroom.actuate.internal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.GreenroomHealthAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.deferred.Restart;
import io.greenroom.deferred.internal.Handlers;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.metrics.internal.MeterObserver;
import io.greenroom.observe.ClusterGauges;
import io.greenroom.observe.Observer;
import io.greenroom.observe.OutboxGauges;
import io.greenroom.testkit.Until;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What the health tells of handlers, and when it is ill of it. */
@Timeout(120)
class HandlersHealthTests {

	private final CountDownLatch leave = new CountDownLatch(1);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
				StateAutoConfiguration.class, GreenroomHealthAutoConfiguration.class,
				HealthContributorAutoConfiguration.class, HealthContributorRegistryAutoConfiguration.class,
				HealthEndpointAutoConfiguration.class, AvailabilityProbesAutoConfiguration.class))
		.withBean(ApplicationAvailabilityBean.class)
		// Whoever times calls knows how long each has run.
		.withBean(Observer.class, () -> new MeterObserver(new SimpleMeterRegistry()))
		.withBean(CountDownLatch.class, () -> this.leave)
		.withPropertyValues("greenroom.health.stuck-after=300ms", "management.endpoint.health.probes.enabled=true");

	@ParameterizedTest
	@CsvSource({ "'', UP", "up, UP", "down, DOWN", "out-of-service, OUT_OF_SERVICE" })
	@DisplayName("M09 a body stuck beyond its limit is told with the user's own frame, is ill as configured, and leaves the readiness alone")
	void stuckBody(String setting, String status) {
		this.runner.withUserConfiguration(Oven.class)
			.withPropertyValues(setting.isEmpty() ? "no=thing" : "greenroom.health.stuck-status=" + setting)
			.run((context) -> {
				AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
				AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
				Oven oven = context.getBean(Oven.class);
				assertThat(health(context)).isEqualTo(Health.up().build());
				oven.bake(this.leave);
				try {
					Until.until("the body to be stuck", () -> health(context).getDetails().containsKey("stuck"));
					Health stuck = health(context);
					assertThat(stuck.getStatus()).isEqualTo(new Status(status));
					assertThat(stuck.getDetails()).containsEntry("stuckCount", 1);
					assertThat(stuck.getDetails().get("stuck")).asString()
						.containsPattern("handlersHealthTests.Oven: bake has run for PT\\S+, at .*Oven.heat\\(");
					HealthEndpoint endpoint = context.getBean(HealthEndpoint.class);
					assertThat(endpoint.health().getStatus()).isEqualTo(new Status(status));
					assertThat(status(endpoint, "readiness")).isEqualTo(Status.UP);
					assertThat(status(endpoint, "liveness")).isEqualTo(Status.UP);
				}
				finally {
					this.leave.countDown();
				}
				Until.until("the handler to be well again", () -> health(context).equals(Health.up().build()));
			});
	}

	@Test
	@DisplayName("M09 time in the queue makes nobody ill, nor a handler that may be busy for as long as it likes")
	void exemptAndQueued() {
		this.runner.withUserConfiguration(Freezer.class, Oven.class)
			.withPropertyValues("greenroom.health.stuck-status=down")
			.run((context) -> {
				Freezer freezer = context.getBean(Freezer.class);
				freezer.cool(this.leave);
				freezer.cool(this.leave);
				// By the time that this one is stuck, the others are too.
				context.getBean(Oven.class).bake(this.leave);
				try {
					Until.until("the oven to be stuck", () -> health(context).getDetails().containsKey("stuck"));
					assertThat(health(context).getDetails()).containsEntry("stuckCount", 1);
					assertThat(health(context).getDetails().get("stuck")).asString().doesNotContain("Freezer");
				}
				finally {
					this.leave.countDown();
				}
			});
		this.runner.withUserConfiguration(Oven.class)
			.withPropertyValues("greenroom.health.stuck-after=1m", "greenroom.health.stuck-status=down")
			.run((context) -> {
				Oven oven = context.getBean(Oven.class);
				oven.bake(new CountDownLatch(0));
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			});
	}

	@Test
	@DisplayName("M09 a loop that lets no call in beyond the limit is stuck too, and so is the instance of a key")
	void stuckLoopAndKey() {
		this.runner.withUserConfiguration(Sleeper.class, Tray.class, Cook.class)
			.withPropertyValues("greenroom.health.stuck-status=out-of-service")
			.run((context) -> {
				try {
					context.getBean(Sleeper.class).wake();
					context.getBean(Cook.class).trays.get("seven").fill(this.leave);
					Until.until("both to be stuck",
							() -> Objects.equals(health(context).getDetails().get("stuckCount"), 2));
					Health stuck = health(context);
					assertThat(stuck.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
					assertThat(stuck.getDetails().get("stuck")).asString()
						.containsPattern("Sleeper: loop run has let no call in for PT\\S+, at .*Sleeper.run\\(")
						.containsPattern("Tray\\[seven\\]: fill has run for PT\\S+, at .*Tray.fill\\(");
				}
				finally {
					this.leave.countDown();
				}
			});
	}

	@Test
	@DisplayName("M09 a loop given up after its restarts is dead and down, whatever is only out of service beside it")
	void givenUp() {
		this.runner.withUserConfiguration(Broken.class, Oven.class)
			.withPropertyValues("greenroom.health.stuck-status=out-of-service")
			.run((context) -> {
				context.getBean(Oven.class).bake(this.leave);
				try {
					assertThatExceptionOfType(HandlerStoppedException.class)
						.isThrownBy(() -> context.getBean(Broken.class).answer());
					Until.until("the oven to be stuck", () -> health(context).getDetails().containsKey("stuck"));
					assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);
					assertThat(health(context).getDetails().get("dead")).asString()
						.contains("handlersHealthTests.Broken", "java.lang.IllegalStateException: the fuse blew");
				}
				finally {
					this.leave.countDown();
				}
			});
	}

	@ParameterizedTest
	@CsvSource({ "0s, UP, false", "5m, UP, false", "4m, DOWN, true", "1m, DOWN, true" })
	@DisplayName("M09 an outbox whose oldest call is too old is down where that is configured, and a detail otherwise")
	void oldOutbox(String after, String status, boolean tooOld) {
		OutboxGauges gauges = new OutboxGauges() {

			@Override
			public long waiting() {
				return 3;
			}

			@Override
			public Duration oldestAge() {
				return Duration.ofMinutes(4);
			}

			@Override
			public long dead() {
				return 1;
			}

		};
		Health health = Objects
			.requireNonNull(new HandlersHealthIndicator(new Handlers(), List::of, () -> Map.of("mails", gauges),
					new HealthTerms(Duration.ZERO, Status.UP, DurationStyle.SIMPLE.parse(after)))
				.health());
		assertThat(health.getStatus()).isEqualTo(new Status(status));
		assertThat(health.getDetails()).containsEntry("outbox",
				Map.of("mails", Map.of("waiting", 3L, "oldest", "PT4M", "deadLetters", 1L, "tooOld", tooOld)));
	}

	@ParameterizedTest
	@CsvSource({ "2, 2, UP", "1, 2, OUT_OF_SERVICE" })
	@DisplayName("M09 a node without a quorum is out of service")
	void noQuorum(int nodes, int quorum, String status) {
		ClusterGauges gauges = new ClusterGauges() {

			@Override
			public int nodes() {
				return nodes;
			}

			@Override
			public int quorum() {
				return quorum;
			}

			@Override
			public double share() {
				return 0.5;
			}

			@Override
			public int waiting() {
				return 0;
			}

			@Override
			public long serving() {
				return 0;
			}

			@Override
			public Map<String, Long> counts() {
				return Map.of();
			}

		};
		assertThat(Objects.requireNonNull(new ClusterHealthIndicator(gauges).health()).getStatus())
			.isEqualTo(new Status(status));
	}

	@ParameterizedTest
	@CsvSource({ "greenroom.health.stuck-after, -1s", "greenroom.health.outbox-after, -1s",
			"greenroom.health.stuck-status, ill" })
	@DisplayName("A04 a wrong setting of the health stops the start and is named")
	void wrong(String key, String value) {
		this.runner.withPropertyValues(key + "=" + value)
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining(key));
	}

	private static Health health(ApplicationContext context) {
		return Objects.requireNonNull(context.getBean(HandlersHealthIndicator.class).health());
	}

	private static Status status(HealthEndpoint endpoint, String path) {
		return Objects.requireNonNull(endpoint.healthForPath(path)).getStatus();
	}

	@DeferredHandler
	static class Oven {

		@Oneway
		void bake(CountDownLatch leave) throws InterruptedException {
			heat(leave);
		}

		private void heat(CountDownLatch leave) throws InterruptedException {
			leave.await();
		}

	}

	@DeferredHandler(busyLimit = "0s")
	static class Freezer {

		@Oneway
		void cool(CountDownLatch leave) throws InterruptedException {
			leave.await(1, TimeUnit.MINUTES);
		}

	}

	@DeferredHandler
	static class Sleeper {

		private final CountDownLatch leave;

		Sleeper(CountDownLatch leave) {
			this.leave = leave;
		}

		@ProcessingLoop
		void run(DeferredCalls calls) throws InterruptedException {
			this.leave.await();
		}

		@Oneway
		void wake() {
		}

	}

	@DeferredHandler(restart = @Restart(limit = 1, period = "1m", backoff = "0s"))
	static class Broken {

		@ProcessingLoop
		void run(DeferredCalls calls) {
			throw new IllegalStateException("the fuse blew");
		}

		int answer() {
			return 1;
		}

	}

	@DeferredHandler
	static class Tray {

		Tray(@Key String number) {
			assertThat(number).isNotEmpty();
		}

		@Oneway
		void fill(CountDownLatch leave) throws InterruptedException {
			leave.await();
		}

	}

	/** Gets the trays injected. */
	static class Cook {

		@Autowired
		private Keyed<String, Tray> trays;

	}

}
