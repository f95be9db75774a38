package io.greenroom.actuate.internal;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.GreenroomEndpointAutoConfiguration;
import io.greenroom.autoconfigure.GreenroomHealthAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.deferred.internal.HandlerSnapshot;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.HandlerGauges;
import io.greenroom.observe.HandlerListener;
import io.greenroom.observe.Observer;
import io.greenroom.state.State;
import io.greenroom.state.StateMachines;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What the actuator tells of what is alive, and of what has died. */
@Timeout(60)
class GreenroomEndpointTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
				StateAutoConfiguration.class, GreenroomEndpointAutoConfiguration.class,
				GreenroomHealthAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=greenroom");

	@ParameterizedTest
	@CsvSource({ "'',false", "UNRESTRICTED,true", "READ_ONLY,false" })
	@DisplayName("H17 exposing everything brings no write operation; management.endpoint.greenroom.access asks for it")
	void writesOnlyWhereAsked(String access, boolean writes) {
		new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class,
					GreenroomEndpointAutoConfiguration.class, EndpointAutoConfiguration.class,
					WebEndpointAutoConfiguration.class))
			.withPropertyValues("management.endpoints.web.exposure.include=*",
					access.isEmpty() ? "no=thing" : "management.endpoint.greenroom.access=" + access)
			.run((context) -> assertThat(context.getBean(WebEndpointsSupplier.class).getEndpoints())
				.filteredOn((endpoint) -> endpoint.getEndpointId().toString().equals("greenroom"))
				.singleElement()
				.satisfies((endpoint) -> assertThat(endpoint.getOperations())
					.extracting((operation) -> operation.getType())
					.contains(OperationType.READ)
					.satisfies((types) -> assertThat(types.contains(OperationType.WRITE)).isEqualTo(writes))));
	}

	@Test
	@DisplayName("M04 the dump shows green threads, handlers with their calls, pools, machines and who waits for whom, also as text")
	void dumpShowsEverything() {
		this.runner.withUserConfiguration(Front.class, Back.class, Idle.class, Lamp.class).run((context) -> {
			GreenScheduler scheduler = context.getBean(GreenScheduler.class);
			Front front = context.getBean(Front.class);
			CountDownLatch inside = new CountDownLatch(1);
			CountDownLatch leave = new CountDownLatch(1);
			front.ask(context.getBean(Back.class), inside, leave);
			inside.await();
			front.note("waits");
			front.note("waits too");
			GreenPool pool = scheduler.pool("kitchen").size(1).build();
			pool.submit(() -> {
				leave.await();
				return 1;
			});
			pool.submit(() -> 2);
			context.getBean(Lamp.class).lit();
			context.getBean(StateMachines.class).create(Lamp.class).lit();
			CountDownLatch onStage = new CountDownLatch(1);
			scheduler.spawn("singer", () -> {
				onStage.countDown();
				leave.await();
				return 3;
			});
			onStage.await();
			GreenroomEndpoint endpoint = context.getBean(GreenroomEndpoint.class);
			Until.until("a caller to wait and two machines to rest",
					() -> !handler(endpoint.dump(0), "Front").waits().isEmpty()
							&& endpoint.dump(0).states().stream().anyMatch((state) -> state.count() == 2));
			GreenroomDump dump = endpoint.dump(3);
			assertThat(dump.threads()).extracting(GreenroomDump.GreenThreadEntry::name)
				.contains("handler-greenroomEndpointTests.Front", "handler-greenroomEndpointTests.Back")
				.anyMatch((name) -> name.startsWith("singer"));
			assertThat(dump.threads()).filteredOn((thread) -> thread.name().startsWith("singer"))
				.singleElement()
				.satisfies((thread) -> assertThat(thread.stack()).hasSize(3));
			HandlerSnapshot asking = handler(dump, "Front");
			assertThat(asking.queued()).isEqualTo(2);
			assertThat(asking.oldestAge()).isPositive();
			assertThat(asking.running()).singleElement().satisfies((body) -> {
				assertThat(body.method()).isEqualTo("ask");
				assertThat(body.thread()).isEqualTo("handler-greenroomEndpointTests.Front");
				assertThat(body.submitted()).isPositive();
			});
			assertThat(asking.waits()).singleElement().satisfies((edge) -> {
				assertThat(edge.method()).isEqualTo("ask");
				assertThat(edge.on()).isEqualTo("greenroomEndpointTests.Back");
				assertThat(edge.call()).isEqualTo("answer");
			});
			assertThat(handler(dump, "Back").running()).extracting(HandlerSnapshot.Body::method)
				.containsExactly("answer");
			assertThat(handler(dump, "Idle").state()).isEqualTo(HandlerSnapshot.State.OPEN);
			assertThat(dump.pools()).filteredOn("name", "kitchen")
				.containsExactly(new GreenroomDump.Pool("kitchen", 1, 1, 1, Map.of(), null));
			assertThat(dump.machines()).singleElement().satisfies((machine) -> {
				assertThat(machine.bean()).isEqualTo("greenroomEndpointTests.Lamp");
				assertThat(machine.state()).isEqualTo("lit");
				assertThat(machine.since()).isNotNull();
			});
			assertThat(dump.states()).singleElement().satisfies((state) -> {
				assertThat(state.state()).isEqualTo("lit");
				assertThat(state.count()).isEqualTo(2);
			});
			assertThat(endpoint.text(1)).contains("Scheduler 'green'", "singer", "at java.",
					"greenroomEndpointTests.Front: open, 2 of 10000 calls wait", "runs ask on thread handler-",
					"kitchen: 1 of 1 at work, 1 in line", "2 " + Lamp.class.getName() + " in lit", "Waits: 1",
					"greenroomEndpointTests.Front.ask waits for greenroomEndpointTests.Back.answer on thread");
			leave.countDown();
		});
	}

	@Test
	@DisplayName("S31 the dump lists machines that have failed and why, beans or not")
	void failedMachines() {
		this.runner.withUserConfiguration(Lamp.class, Fuse.class).run((context) -> {
			StateMachines machines = context.getBean(StateMachines.class);
			Fuse fuse = machines.create(Fuse.class);
			fuse.blown();
			context.getBean(Fuse.class).blown();
			Lamp lamp = machines.create(Lamp.class);
			lamp.lit();
			GreenroomEndpoint endpoint = context.getBean(GreenroomEndpoint.class);
			Until.until("two machines to fail",
					() -> endpoint.dump(0).machines().stream().filter((one) -> one.failure() != null).count() == 2);
			assertThat(endpoint.dump(0).machines()).filteredOn((machine) -> machine.bean() == null)
				.singleElement()
				.satisfies((machine) -> {
					assertThat(machine.machine()).isEqualTo(machines.of(fuse).name());
					assertThat(machine.status()).isEqualTo("failed");
					assertThat(machine.state()).isEqualTo("blown");
					assertThat(machine.failure()).isEqualTo("java.lang.IllegalStateException: too much current");
				});
			assertThat(endpoint.text(0)).contains("Machines: 2 beans",
					"with java.lang.IllegalStateException: too much current");
		});
	}

	static class Fuse {

		@State(initial = true)
		void blown() {
			throw new IllegalStateException("too much current");
		}

	}

	@Test
	@DisplayName("M04 nothing of the endpoint is there where it is not exposed")
	void notExposed() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.exclude=greenroom")
			.run((context) -> assertThat(context).doesNotHaveBean(GreenroomEndpoint.class)
				.doesNotHaveBean(GreenroomDumps.class));
	}

	@Test
	@DisplayName("D16 a handler whose loop died turns health down, with its name and cause; one that ended or was shut down does not")
	void deadHandlersAreIll() {
		HealthIndicator[] kept = new HealthIndicator[1];
		this.runner.withUserConfiguration(Idle.class, Ending.class).run((context) -> {
			HealthIndicator health = context.getBean(HealthIndicator.class);
			Ending ending = context.getBean(Ending.class);
			Until.until("the handler to stop", () -> state(context.getBean(GreenroomEndpoint.class).dump(0),
					"Ending") == HandlerSnapshot.State.STOPPED);
			assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(ending::answer);
			assertThat(context.getBean(Idle.class).answer()).isEqualTo(42);
			assertThat(health.health().getStatus()).isEqualTo(Status.UP);
			kept[0] = health;
		});
		assertThat(kept[0].health().getStatus()).isEqualTo(Status.UP);
		this.runner.withUserConfiguration(Idle.class, Dying.class).run((context) -> {
			HealthIndicator health = context.getBean(HealthIndicator.class);
			assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(context.getBean(Dying.class)::answer);
			Health ill = health.health();
			assertThat(ill.getStatus()).isEqualTo(Status.DOWN);
			assertThat(ill.getDetails().get("dead")).asString()
				.contains("greenroomEndpointTests.Dying", "the fuse blew")
				.doesNotContain("Idle");
			assertThat(context.getBean(GreenroomEndpoint.class).text(0)).contains("Dying: dead",
					"died of java.lang.IllegalStateException: the fuse blew");
		});
		this.runner.withPropertyValues("management.health.greenroom.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(HealthIndicator.class));
	}

	@Test
	@DisplayName("M03 an idle pool and an idle handler are never reported as busy, however long the limit is over")
	void idlePoolsAreNotReported() throws Exception {
		List<String> reported = new CopyOnWriteArrayList<>();
		CountDownLatch busy = new CountDownLatch(1);
		Observer watching = new Observer() {

			@Override
			public HandlerListener handler(String handler, HandlerGauges gauges) {
				return new HandlerListener() {

					@Override
					public void busy(String method, Duration since, List<StackTraceElement> stack) {
						reported.add(handler + "." + method);
						busy.countDown();
					}

				};
			}

		};
		this.runner.withPropertyValues("greenroom.deferred.busy-limit=50ms")
			.withBean(Observer.class, () -> watching)
			.withUserConfiguration(Idle.class, Back.class)
			.run((context) -> {
				GreenPool pool = context.getBean(GreenScheduler.class).pool("idle", 2);
				assertThat(pool.apply(() -> 1)).isEqualTo(1);
				assertThat(context.getBean(Idle.class).answer()).isEqualTo(42);
				CountDownLatch inside = new CountDownLatch(1);
				CountDownLatch leave = new CountDownLatch(1);
				CompletableFuture<Integer> held = CompletableFuture
					.supplyAsync(() -> context.getBean(Back.class).answer(inside, leave));
				inside.await();
				// What is busy is reported; by then, what is idle would have been too.
				assertThat(busy.await(30, TimeUnit.SECONDS)).isTrue();
				leave.countDown();
				held.get(30, TimeUnit.SECONDS);
				assertThat(reported).containsExactly("greenroomEndpointTests.Back.answer");
				assertThat(pool.active()).isZero();
			});
	}

	private static HandlerSnapshot handler(GreenroomDump dump, String name) {
		return dump.handlers()
			.stream()
			.filter((handler) -> handler.name().endsWith("." + name))
			.findFirst()
			.orElseThrow();
	}

	private static HandlerSnapshot.State state(GreenroomDump dump, String name) {
		return handler(dump, name).state();
	}

	@DeferredHandler
	static class Front {

		@Oneway
		void ask(Back back, CountDownLatch inside, CountDownLatch leave) {
			back.answer(inside, leave);
		}

		@Oneway
		void note(String note) {
		}

	}

	@DeferredHandler
	static class Back {

		int answer(CountDownLatch inside, CountDownLatch leave) {
			inside.countDown();
			try {
				leave.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return 42;
		}

	}

	@DeferredHandler
	static class Idle extends Answering {

	}

	abstract static class Answering {

		int answer() {
			return 42;
		}

	}

	@DeferredHandler
	static class Ending extends Answering {

		@ProcessingLoop
		void run(DeferredCalls calls) {
		}

	}

	@DeferredHandler
	static class Dying extends Answering {

		@ProcessingLoop
		void run(DeferredCalls calls) {
			throw new IllegalStateException("the fuse blew");
		}

	}

	static class Lamp {

		@State(initial = true, transitionsTo = "dark")
		void lit() {
		}

		@State
		void dark() {
		}

	}

}
