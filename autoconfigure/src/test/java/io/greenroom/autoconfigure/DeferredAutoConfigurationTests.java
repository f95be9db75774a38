package io.greenroom.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.MailboxFullException;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.Overflow;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.deferred.Restart;
import io.greenroom.deferred.RestartPolicy;
import io.greenroom.green.GreenScheduler;
import io.greenroom.spring.HandlerBeanPostProcessor;
import io.greenroom.spring.HandlerDefinitions;
import io.greenroom.spring.InvalidHandlersException;
import io.greenroom.spring.OnewayFailedEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * Handler beans: their proxies, the injection of their handles, and what stops the start.
 */
@Timeout(60)
class DeferredAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
				TaskExecutionAutoConfiguration.class));

	@Test
	@DisplayName("D32 the injected bean is safe by class: sync calls on one green thread, oneway calls at once")
	void beansAreSafeByClass() {
		this.runner.withUserConfiguration(Inventory.class, Orders.class).run((context) -> {
			Orders orders = context.getBean(Orders.class);
			assertThat(orders.inventory).isSameAs(context.getBean(Inventory.class));
			Thread owner = orders.inventory.thread();
			assertThat(owner.isVirtual()).isTrue();
			assertThat(owner.getName()).isEqualTo("handler-" + context.getBeanNamesForType(Inventory.class)[0]);
			assertThat(orders.deferred.sync().thread()).isSameAs(owner);
			orders.inventory.restock("a", 5);
			assertThat(orders.inventory.reserve("a", 2)).isEqualTo(3);
			assertThat(orders.deferred.direct().thread()).isSameAs(Thread.currentThread());
		});
	}

	@Test
	@DisplayName("D06 a oneway call of the injected bean returns before the running call ends")
	void onewayOfTheBeanReturnsAtOnce() {
		this.runner.withUserConfiguration(Inventory.class, Orders.class).run((context) -> {
			Orders orders = context.getBean(Orders.class);
			CountDownLatch inside = new CountDownLatch(1);
			CountDownLatch leave = new CountDownLatch(1);
			orders.deferred.oneway().hold(inside, leave);
			inside.await();
			orders.inventory.restock("a", 1);
			assertThat(orders.deferred.calls().pending()).isEqualTo(1);
			leave.countDown();
			assertThat(orders.inventory.reserve("a", 1)).isZero();
		});
	}

	@Test
	@DisplayName("D07 a failing oneway body is logged once with method and call site, published once and counted; the next call runs")
	void onewayFailuresAreToldOnce() {
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		Logger logger = (Logger) LoggerFactory.getLogger(Deferred.class);
		List<OnewayFailedEvent> events = new CopyOnWriteArrayList<>();
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		log.start();
		logger.addAppender(log);
		try {
			this.runner.withConfiguration(AutoConfigurations.of(GreenroomMetricsAutoConfiguration.class))
				.withBean(MeterRegistry.class, () -> registry)
				.withInitializer((context) -> context
					.addApplicationListener((ApplicationListener<OnewayFailedEvent>) events::add))
				.withUserConfiguration(Inventory.class, Orders.class)
				.run((context) -> {
					Orders orders = context.getBean(Orders.class);
					IllegalStateException failure = new IllegalStateException("the shelf broke");
					orders.inventory.breakShelf(failure);
					assertThat(orders.inventory.reserve("a", 1)).isEqualTo(-1);
					assertThat(log.list).filteredOn((event) -> event.getLevel() == Level.ERROR)
						.singleElement()
						.satisfies((event) -> {
							assertThat(event.getFormattedMessage()).contains("Inventory.breakShelf failed",
									"DeferredAutoConfigurationTests.java:", "onewayFailuresAreToldOnce");
							assertThat(((ThrowableProxy) event.getThrowableProxy()).getThrowable()).isSameAs(failure);
						});
					assertThat(events).singleElement().satisfies((event) -> {
						assertThat(event.exception()).isSameAs(failure);
						assertThat(event.method()).isEqualTo("breakShelf");
						assertThat(event.handler()).endsWith("Inventory");
					});
					assertThat(registry.get("greenroom.deferred.calls")
						.tags("method", "breakShelf", "mode", "oneway", "outcome", "failure")
						.timer()
						.count()).isEqualTo(1);
				});
		}
		finally {
			logger.detachAppender(log);
		}
	}

	@Test
	@DisplayName("D18 calls through the own proxy run at once, oneway ones in their turn")
	void callsThroughTheOwnProxy() {
		this.runner.withUserConfiguration(Inventory.class, Orders.class).run((context) -> {
			Inventory inventory = context.getBean(Inventory.class);
			assertThat(inventory.restockThroughProxy(inventory)).isEqualTo("restock is queued behind this call");
			assertThat(inventory.reserve("self", 0)).isEqualTo(1);
		});
	}

	@Test
	@DisplayName("D32 injection by interface works for the bean and the handle")
	void beansAreSafeByInterface() {
		this.runner.withUserConfiguration(Loud.class, Ports.class).run((context) -> {
			Ports ports = context.getBean(Ports.class);
			assertThat(ports.voice.say("hi")).isEqualTo("HI");
			assertThat(ports.deferred.sync().say("hi")).isEqualTo("HI");
			assertThat(ports.voice.thread()).isSameAs(ports.deferred.sync().thread())
				.isNotSameAs(Thread.currentThread());
		});
	}

	@Test
	@DisplayName("D32 with interface proxies the handle is had by the interface")
	void interfaceProxies() {
		this.runner.withPropertyValues("spring.aop.proxy-target-class=false")
			.withUserConfiguration(Loud.class, Ports.class)
			.run((context) -> {
				Ports ports = context.getBean(Ports.class);
				assertThat(AopUtils.isJdkDynamicProxy(ports.voice)).isTrue();
				assertThat(ports.voice.thread()).isSameAs(ports.deferred.sync().thread())
					.isNotSameAs(Thread.currentThread());
			});
	}

	@Test
	@DisplayName("D41 two beans of one class have a mailbox each, and qualifier and primary choose the handle")
	void qualifiersChoose() {
		this.runner.withUserConfiguration(TwoInventories.class, Chooser.class).run((context) -> {
			Chooser chooser = context.getBean(Chooser.class);
			Inventory north = context.getBean("north", Inventory.class);
			Inventory south = context.getBean("south", Inventory.class);
			assertThat(north.thread()).isNotSameAs(south.thread());
			assertThat(chooser.unnamed.sync().thread()).isSameAs(north.thread());
			assertThat(chooser.southern.sync().thread()).isSameAs(south.thread());
			assertThat(chooser.all).hasSize(2);
			assertThat(chooser.byName.get("south.deferred").sync().thread()).isSameAs(south.thread());
			assertThat(chooser.provider.getObject().sync().thread()).isSameAs(north.thread());
			assertThat(chooser.lazy.sync().thread()).isSameAs(north.thread());
			assertThat(chooser.missing).isEmpty();
		});
	}

	@Test
	@DisplayName("D32 providers and collections of handles find those that an interface names, or none")
	void providersByInterface() {
		this.runner.withUserConfiguration(Loud.class, Soft.class, Voices.class).run((context) -> {
			Voices voices = context.getBean(Voices.class);
			assertThat(voices.provider.orderedStream().map((voice) -> voice.sync().say("Hi")))
				.containsExactlyInAnyOrder("HI", "hi");
			assertThat(voices.provider.getIfUnique()).isNull();
			assertThat(voices.all.getObject()).hasSize(2);
		});
		this.runner.withUserConfiguration(Voices.class).run((context) -> {
			Voices voices = context.getBean(Voices.class);
			assertThat(voices.provider.getIfAvailable()).isNull();
			assertThat(voices.provider.stream()).isEmpty();
		});
	}

	@Test
	@DisplayName("A02 a user's own Deferred bean is injected, also where there is a handler of its type")
	void ownDeferred() {
		this.runner.withUserConfiguration(OwnDeferred.class, WantsDeferredOfText.class, Inventory.class, Asking.class)
			.run((context) -> {
				assertThat(context.getBean(WantsDeferredOfText.class)).isNotNull();
				assertThat(context.getBean(Asking.class).deferred).isSameAs(context.getBean("ownInventory"));
			});
	}

	@Test
	@DisplayName("D41 a handle of what a scope holds says why there is none")
	void deferredOfAScope() {
		this.runner.withUserConfiguration(ScopedInventory.class, Asking.class)
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("the bean stands for several handlers"));
	}

	@Test
	@DisplayName("D41 handlers of a child context have their mailbox, and the parent's handles are injected there")
	void childContexts() {
		this.runner.withUserConfiguration(Loud.class)
			.run((parent) -> this.runner.withParent(parent)
				.withUserConfiguration(Inventory.class, Orders.class, Ports.class)
				.run((child) -> {
					Orders orders = child.getBean(Orders.class);
					assertThat(orders.inventory.thread().getName()).startsWith("handler-");
					assertThat(orders.deferred.sync().thread()).isSameAs(orders.inventory.thread());
					assertThat(child.getBean(Ports.class).deferred.sync().say("hi")).isEqualTo("HI");
					assertThat(child.getBean(GreenScheduler.class)).isSameAs(parent.getBean(GreenScheduler.class));
				}));
	}

	@Test
	@DisplayName("D31 D36 a handler ends with its bean: what was accepted runs, its loop ends, its parent's scheduler goes on")
	void handlersEndWithTheirBeans() {
		this.runner.run((parent) -> {
			List<String> life = new CopyOnWriteArrayList<>();
			AtomicReference<Inventory> inventory = new AtomicReference<>();
			this.runner.withParent(parent)
				.withBean(Manager.class, () -> new Manager(life))
				.withUserConfiguration(Inventory.class)
				.run((child) -> {
					assertThat(child.getBean(Manager.class).access()).isEqualTo("let in by the loop");
					inventory.set(child.getBean(Inventory.class));
				});
			assertThat(life).containsExactly("started", "ended");
			assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(() -> inventory.get().thread());
			assertThat(parent.getBean(GreenScheduler.class).spawn("still", () -> 1).get()).isEqualTo(1);
		});
	}

	@Test
	@DisplayName("D36 a processing loop starts with the context and ends with it")
	void loopsStartWithTheContext() {
		List<String> life = new ArrayList<>();
		this.runner.withBean(Manager.class, () -> new Manager(life)).run((context) -> {
			assertThat(context.getBean(Manager.class).access()).isEqualTo("let in by the loop");
			assertThat(life).containsExactly("started");
		});
		assertThat(life).containsExactly("started", "ended");
	}

	@Test
	@DisplayName("D36 a context that is closed runs what its loop left behind")
	void loopsLeaveNothingBehind() {
		List<String> life = new ArrayList<>();
		this.runner.withBean(Manager.class, () -> new Manager(life)).run((context) -> {
			Manager manager = context.getBean(Manager.class);
			context.close();
			assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(manager::access)
				.withMessageContaining(".Manager.access was not run");
		});
	}

	@Test
	@DisplayName("D42 who keeps the bean to call it later, as scheduling does, keeps it with its mailbox")
	void scheduledMethodsGoThroughTheMailbox() {
		// Scheduling is configured before Greenroom, as by the application itself.
		this.runner.withUserConfiguration(SchedulingConfiguration.class, Clock.class).run((context) -> {
			Clock clock = context.getBean(Clock.class);
			assertThat(clock.ticked().get()).isSameAs(clock.thread());
		});
	}

	@Test
	@DisplayName("D42 the deferred step is outermost also where a later auto-proxy creator wraps the proxy again")
	void deferredIsOutermostOfTwoProxies() {
		this.runner.withUserConfiguration(SecondProxyConfiguration.class, Clock.class).run((context) -> {
			Clock clock = context.getBean(Clock.class);
			assertThat(clock.thread().getName()).startsWith("handler-");
			assertThat(context.getBean(ThreadRecorder.class).thread).isSameAs(clock.thread());
			clock.note("first");
			assertThat(clock.notes()).containsExactly("first");
		});
	}

	@Test
	@DisplayName("A04 capacity, overflow and timeout of application.yml take effect, and an annotation goes before them")
	void keysTakeEffect() {
		this.runner
			.withPropertyValues("greenroom.deferred.capacity=1", "greenroom.deferred.overflow=reject",
					"greenroom.deferred.timeout=20ms")
			.withUserConfiguration(Inventory.class, Patient.class, Orders.class)
			.run((context) -> {
				Orders orders = context.getBean(Orders.class);
				CountDownLatch inside = new CountDownLatch(1);
				CountDownLatch leave = new CountDownLatch(1);
				CompletableFuture<Integer> held = orders.deferred.async((inventory) -> {
					try {
						return inventory.audit(inside, leave);
					}
					catch (InterruptedException broken) {
						throw new IllegalStateException(broken);
					}
				});
				inside.await();
				// It keeps its room until the handler passes it by.
				assertThatExceptionOfType(DeferredTimeoutException.class)
					.isThrownBy(() -> orders.inventory.audit(inside, leave))
					.withMessageContaining("within PT0.02S");
				assertThatExceptionOfType(MailboxFullException.class).isThrownBy(() -> orders.inventory.restock("a", 1))
					.withMessageContaining("(1 calls waiting");
				leave.countDown();
				held.get(30, TimeUnit.SECONDS);
				Patient patient = context.getBean(Patient.class);
				CountDownLatch patientInside = new CountDownLatch(1);
				CountDownLatch patientLeave = new CountDownLatch(1);
				patient.hold(patientInside, patientLeave);
				patientInside.await();
				patient.hold(patientInside, patientLeave);
				patient.hold(patientInside, patientLeave);
				assertThatExceptionOfType(MailboxFullException.class)
					.isThrownBy(() -> patient.hold(patientInside, patientLeave))
					.withMessageContaining("no room within PT0.05S");
				patientLeave.countDown();
			});
	}

	@Test
	@DisplayName("A04 a wrong value stops the start with the key, the value and what is allowed")
	void wrongValuesStopTheStart() {
		this.runner.withPropertyValues("greenroom.deferred.capacity=0")
			.withUserConfiguration(Inventory.class)
			.run((context) -> assertThat(analysis(context.getStartupFailure())).satisfies((analysis) -> {
				assertThat(analysis.getDescription()).contains("greenroom.deferred.capacity", "'0'");
				assertThat(analysis.getAction()).contains("a number of calls from 1");
			}));
	}

	@Test
	@DisplayName("D32 everything that is wrong with all handlers is listed at once, with the remedies")
	void wrongHandlersStopTheStart() {
		this.runner.withUserConfiguration(FinalHandler.class, WrongHandler.class)
			.run((context) -> assertThat(analysis(context.getStartupFailure()))
				.satisfies((analysis) -> assertThat(analysis.getDescription()).contains("FinalHandler",
						"the class is final", "remove 'final'", "WrongHandler", "answer() is @Oneway but returns int",
						"make it void", "locked() is final", "hidden() is private", "shared() is static",
						"loop(String) is @ProcessingLoop")));
	}

	@Test
	@DisplayName("D32 Deferred of a bean that is no handler says so")
	void deferredOfAnOrdinaryBean() {
		this.runner.withBean("text", StringBuilder.class)
			.withUserConfiguration(WantsDeferredOfText.class)
			.run((context) -> assertThat(context.getStartupFailure())
				.hasRootCauseMessage("Deferred<StringBuilder> was asked for, but java.lang.StringBuilder is no handler;"
						+ " annotate it with @DeferredHandler"));
	}

	@Test
	@DisplayName("A03 switched off, handlers are ordinary beans and nothing of the part is left")
	void switchedOff() {
		this.runner.withPropertyValues("greenroom.deferred.enabled=false")
			.withUserConfiguration(Inventory.class)
			.run((context) -> {
				assertThat(context).doesNotHaveBean(HandlerBeanPostProcessor.class)
					.doesNotHaveBean(HandlerDefinitions.class)
					.doesNotHaveBean(Deferred.class);
				assertThat(AopUtils.isAopProxy(context.getBean(Inventory.class))).isFalse();
			});
	}

	@Test
	@DisplayName("A02 Boot's own executor is still there, and a user's scheduler is taken")
	void backsOff() {
		GreenScheduler own = GreenScheduler.builder().name("own").build();
		this.runner.withBean("mine", GreenScheduler.class, () -> own)
			.withUserConfiguration(Inventory.class)
			.run((context) -> {
				assertThat(context).hasSingleBean(GreenScheduler.class).hasBean("applicationTaskExecutor");
				assertThat(context.getBean(Executor.class)).isNotNull();
				assertThat(context.getBean(Inventory.class).reserve("a", 0)).isZero();
			});
	}

	private static FailureAnalysis analysis(@Nullable Throwable failure) {
		assertThat(failure).isNotNull();
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			FailureAnalysis analysis = (cause instanceof InvalidHandlersException)
					? new InvalidHandlersFailureAnalyzer().analyze(cause)
					: new InvalidSettingFailureAnalyzer().analyze(cause);
			if (analysis != null) {
				return analysis;
			}
		}
		throw new AssertionError("No analysis of the failure", failure);
	}

	/** A handler without locks. */
	@DeferredHandler
	static class Inventory {

		private final Map<String, Integer> stock = new java.util.HashMap<>();

		int reserve(String sku, int n) {
			return this.stock.merge(sku, -n, Integer::sum);
		}

		@Oneway
		void restock(String sku, int n) {
			this.stock.merge(sku, n, Integer::sum);
		}

		@Oneway
		void breakShelf(RuntimeException failure) {
			throw failure;
		}

		String restockThroughProxy(Inventory self) {
			self.restock("self", 1);
			return (self.reserve("self", 0) == 0) ? "restock is queued behind this call" : "restock ran inside";
		}

		@Oneway
		void hold(CountDownLatch inside, CountDownLatch leave) throws InterruptedException {
			inside.countDown();
			leave.await();
		}

		int audit(CountDownLatch inside, CountDownLatch leave) throws InterruptedException {
			hold(inside, leave);
			return this.stock.size();
		}

		Thread thread() {
			return Thread.currentThread();
		}

	}

	@Test
	@DisplayName("A04 restart, readers and busy-limit of application.yml take effect, and an annotation goes before them")
	void furtherKeysTakeEffect() {
		this.runner
			.withPropertyValues("greenroom.deferred.restart.limit=2", "greenroom.deferred.restart.period=2m",
					"greenroom.deferred.restart.backoff=3ms", "greenroom.deferred.readers=4",
					"greenroom.deferred.busy-limit=5s")
			.run((context) -> {
				HandlerOptions defaults = context.getBean(DeferredProperties.class).options();
				assertThat(defaults.restart())
					.isEqualTo(new RestartPolicy(2, Duration.ofMinutes(2), Duration.ofMillis(3)));
				assertThat(defaults.readers()).isEqualTo(4);
				assertThat(defaults.busyLimit()).isEqualTo(Duration.ofSeconds(5));
			});
		this.runner.withPropertyValues("greenroom.deferred.restart.limit=1", "greenroom.deferred.restart.backoff=1ms")
			.withUserConfiguration(Looping.class, LoopingOften.class)
			.run((context) -> {
				assertThatExceptionOfType(HandlerStoppedException.class)
					.isThrownBy(() -> context.getBean(Looping.class).starts())
					.withMessageContaining("broken 2");
				assertThatExceptionOfType(HandlerStoppedException.class)
					.isThrownBy(() -> context.getBean(LoopingOften.class).starts())
					.withMessageContaining("broken 4");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "overflow=drop-oldest", "overflow=drop-newest", "restart.limit=-1", "restart.period=0s",
			"restart.backoff=-1s", "readers=0", "busy-limit=-1s" })
	@DisplayName("A04 wrong values of the further keys stop the start and are named")
	void wrongFurtherValues(String setting) {
		this.runner.withPropertyValues("greenroom.deferred." + setting)
			.withUserConfiguration(Inventory.class)
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining("greenroom.deferred." + setting.substring(0, setting.indexOf('='))));
	}

	@ParameterizedTest
	@ValueSource(strings = { "drop", "drop-oldest", "wait" })
	@DisplayName("A04 a wrong overflow is answered with the values that are accepted, and with no others")
	void wrongOverflow(String value) {
		this.runner.withPropertyValues("greenroom.deferred.overflow=" + value)
			.withUserConfiguration(Inventory.class)
			.run((context) -> {
				Throwable failure = context.getStartupFailure();
				assertThat(failure).hasStackTraceContaining("greenroom.deferred.overflow");
				while (!(failure instanceof ConversionFailedException)) {
					failure = java.util.Objects.requireNonNull(failure).getCause();
				}
				// Those that Spring Boot's analysis lists.
				Class<?> listed = ((ConversionFailedException) failure).getTargetType().getType();
				assertThat(listed.getEnumConstants()).hasSize(2)
					.allSatisfy((valid) -> this.runner.withPropertyValues("greenroom.deferred.overflow=" + valid)
						.withUserConfiguration(Inventory.class)
						.run((started) -> assertThat(started).hasNotFailed()));
			});
	}

	abstract static class Breaking {

		private int starts;

		@ProcessingLoop
		void run(DeferredCalls calls) {
			this.starts++;
			throw new IllegalStateException("broken " + this.starts);
		}

		int starts() {
			return this.starts;
		}

	}

	@DeferredHandler
	static class Looping extends Breaking {

	}

	@DeferredHandler(restart = @Restart(limit = 3, period = "1m", backoff = "${pause:1ms}"), readers = 2,
			busyLimit = "0s")
	static class LoopingOften extends Breaking {

	}

	@DeferredHandler(capacity = 2, overflow = Overflow.BLOCK, timeout = "${patience:50ms}")
	static class Patient extends Inventory {

	}

	static class Orders {

		final Inventory inventory;

		final Deferred<Inventory> deferred;

		Orders(@Qualifier("deferredAutoConfigurationTests.Inventory") Inventory inventory,
				@Qualifier("deferredAutoConfigurationTests.Inventory") Deferred<Inventory> deferred) {
			this.inventory = inventory;
			this.deferred = deferred;
		}

	}

	interface Voice {

		String say(String text);

		Thread thread();

	}

	@DeferredHandler
	static class Loud implements Voice {

		@Override
		public String say(String text) {
			return text.toUpperCase(java.util.Locale.ROOT);
		}

		@Override
		public Thread thread() {
			return Thread.currentThread();
		}

	}

	static class Ports {

		final Voice voice;

		final Deferred<Voice> deferred;

		Ports(Voice voice, Deferred<Voice> deferred) {
			this.voice = voice;
			this.deferred = deferred;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoInventories {

		@Bean
		@Primary
		Inventory north() {
			return new Inventory();
		}

		@Bean
		@Qualifier("warm")
		Inventory south() {
			return new Inventory();
		}

	}

	static class Chooser {

		final Deferred<Inventory> unnamed;

		final Deferred<Inventory> southern;

		final List<Deferred<Inventory>> all;

		final Map<String, Deferred<Inventory>> byName;

		final ObjectProvider<Deferred<Inventory>> provider;

		final Deferred<Inventory> lazy;

		final Optional<Deferred<Voice>> missing;

		Chooser(Deferred<Inventory> unnamed, @Qualifier("warm") Deferred<Inventory> southern,
				List<Deferred<Inventory>> all, Map<String, Deferred<Inventory>> byName,
				ObjectProvider<Deferred<Inventory>> provider, @Lazy Deferred<Inventory> lazy,
				Optional<Deferred<Voice>> missing) {
			this.unnamed = unnamed;
			this.southern = southern;
			this.all = all;
			this.byName = byName;
			this.provider = provider;
			this.lazy = lazy;
			this.missing = missing;
		}

	}

	@DeferredHandler
	static class Soft implements Voice {

		@Override
		public String say(String text) {
			return text.toLowerCase(java.util.Locale.ROOT);
		}

		@Override
		public Thread thread() {
			return Thread.currentThread();
		}

	}

	static class Voices {

		final ObjectProvider<Deferred<Voice>> provider;

		final ObjectProvider<List<Deferred<Voice>>> all;

		Voices(ObjectProvider<Deferred<Voice>> provider, ObjectProvider<List<Deferred<Voice>>> all) {
			this.provider = provider;
			this.all = all;
		}

	}

	static class Asking {

		final Deferred<Inventory> deferred;

		Asking(Deferred<Inventory> deferred) {
			this.deferred = deferred;
		}

	}

	@Configuration
	static class OwnDeferred {

		@Bean
		Deferred<StringBuilder> text() {
			return mock();
		}

		@Bean
		Deferred<Inventory> ownInventory() {
			return mock();
		}

	}

	@Configuration
	static class ScopedInventory {

		@Bean
		static CustomScopeConfigurer scopes() {
			CustomScopeConfigurer scopes = new CustomScopeConfigurer();
			scopes.addScope("thread", new SimpleThreadScope());
			return scopes;
		}

		@Bean
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		Inventory scoped() {
			return new Inventory();
		}

	}

	@Configuration
	@EnableScheduling
	static class SchedulingConfiguration {

	}

	@DeferredHandler
	static class Clock {

		private final List<String> notes = new ArrayList<>();

		private final CompletableFuture<Thread> ticked = new CompletableFuture<>();

		@Scheduled(fixedDelay = 1, timeUnit = TimeUnit.HOURS)
		void tick() {
			this.ticked.complete(Thread.currentThread());
		}

		CompletableFuture<Thread> ticked() {
			return this.ticked;
		}

		Thread thread() {
			return Thread.currentThread();
		}

		@Oneway
		void note(String note) {
			this.notes.add(note);
		}

		List<String> notes() {
			return List.copyOf(this.notes);
		}

	}

	@Configuration
	static class SecondProxyConfiguration {

		@Bean
		static BeanNameAutoProxyCreator secondProxy() {
			BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
			creator.setBeanNames("*Clock");
			creator.setInterceptorNames("recorder");
			creator.setProxyTargetClass(true);
			return creator;
		}

		@Bean
		static ThreadRecorder recorder() {
			return new ThreadRecorder();
		}

	}

	static class ThreadRecorder implements MethodInterceptor {

		volatile @Nullable Thread thread;

		@Override
		public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
			this.thread = Thread.currentThread();
			return invocation.proceed();
		}

	}

	@DeferredHandler
	static class Manager {

		private final List<String> life;

		Manager(List<String> life) {
			this.life = life;
		}

		@ProcessingLoop
		void run(DeferredCalls calls) {
			this.life.add("started");
			while (!calls.isClosing()) {
				calls.process(Duration.ofSeconds(10));
			}
			this.life.add("ended");
		}

		String access() {
			return "let in by the loop";
		}

	}

	@DeferredHandler
	static final class FinalHandler {

	}

	@DeferredHandler
	static class WrongHandler {

		@Oneway
		int answer() {
			return 42;
		}

		final void locked() {
		}

		@Oneway
		private void hidden() {
		}

		@Oneway
		static void shared() {
		}

		@ProcessingLoop
		void loop(String what) {
		}

	}

	static class WantsDeferredOfText {

		WantsDeferredOfText(Deferred<StringBuilder> text) {
		}

	}

}
