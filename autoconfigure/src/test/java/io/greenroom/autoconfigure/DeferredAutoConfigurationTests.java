package io.greenroom.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
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
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.green.GreenScheduler;
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

import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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
							assertThat(event.getFormattedMessage()).contains("inventory.breakShelf failed",
									"DeferredAutoConfigurationTests.java:", "onewayFailuresAreToldOnce");
							assertThat(((ThrowableProxy) event.getThrowableProxy()).getThrowable()).isSameAs(failure);
						});
					assertThat(events).singleElement().satisfies((event) -> {
						assertThat(event.exception()).isSameAs(failure);
						assertThat(event.method()).isEqualTo("breakShelf");
						assertThat(event.handler()).isEqualTo("inventory");
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

	static class Ports {

		final Voice voice;

		final Deferred<Voice> deferred;

		Ports(Voice voice, Deferred<Voice> deferred) {
			this.voice = voice;
			this.deferred = deferred;
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

}
