package io.greenroom.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.internal.CallerTransactions;
import io.greenroom.durable.DeadLetters;
import io.greenroom.durable.Durable;
import io.greenroom.durable.Stored;
import io.greenroom.durable.internal.OutboxStore;
import io.greenroom.durable.internal.RowStore;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.spring.internal.DurableHandlers;
import io.greenroom.spring.internal.GreenSchedulerLifecycle;
import io.greenroom.spring.internal.KeyedHandlers;
import io.greenroom.spring.internal.OutboxHandlers;
import io.greenroom.state.State;
import io.greenroom.state.StateMachines;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.web.PoolFilters;
import io.greenroom.web.internal.ControllerPools;
import io.greenroom.wire.Codec;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What only handlers and machines need is made for the first of them. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class LazyBeansTests {

	private static final List<Class<?>> LAZY = List.of(GreenScheduler.class, ControllerPools.class, StateMachines.class,
			KeyedHandlers.class, PoolFilters.class, CallerTransactions.class, DeferredProperties.class,
			KeyedProperties.class, StateProperties.class, WebProperties.class, PoolsProperties.class);

	private static final List<Class<?>> STORING = List.of(RowStore.class, OutboxStore.class, Codec.class,
			DurableHandlers.class, OutboxHandlers.class, DeadLetters.class, DurableProperties.class,
			OutboxProperties.class);

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withInitializer((context) -> context.getBeanFactory()
			.setConversionService(ApplicationConversionService.getSharedInstance()))
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
				StateAutoConfiguration.class, RunInPoolAutoConfiguration.class,
				DispatcherServletAutoConfiguration.class, WebMvcAutoConfiguration.class));

	@Test
	@DisplayName("A01 an application without handlers and machines starts without what they need, and finds it later")
	void madeWhenAsked() {
		this.runner.run((context) -> {
			for (Class<?> type : LAZY) {
				String[] names = context.getBeanNamesForType(type, true, false);
				assertThat(names).as(type.getName()).hasSize(1);
				assertThat(isMade(names[0], context)).as(names[0]).isFalse();
			}
			assertThat(isMade("greenSchedulerExecutor", context)).isFalse();
			for (Class<?> type : LAZY) {
				assertThat(context.getBean(type)).isSameAs(context.getBean(type));
			}
			assertThat(context.getBean("greenSchedulerExecutor")).isInstanceOf(Executor.class);
		});
	}

	@Test
	@DisplayName("A01 an application with a database and without durable handlers starts without what they need, and finds it later")
	void databaseAlone() {
		this.runner.withConfiguration(AutoConfigurations.of(DurableAutoConfiguration.class))
			.withBean(HikariDataSource.class, TestDatabase.H2::fresh)
			.run((context) -> {
				for (Class<?> type : STORING) {
					String[] names = context.getBeanNamesForType(type, true, false);
					assertThat(names).as(type.getName()).hasSize(1);
					assertThat(isMade(names[0], context)).as(names[0]).isFalse();
				}
				assertThat(context.getBean(DeadLetters.class).list(10)).isEmpty();
			});
	}

	@Test
	@DisplayName("A01 durable handlers are checked at the start, even if beans are created lazily")
	void storedBeans() {
		this.runner.withConfiguration(AutoConfigurations.of(DurableAutoConfiguration.class))
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.withBean(HikariDataSource.class, TestDatabase.H2::fresh)
			.withUserConfiguration(Savings.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(isMade("savings", context)).isFalse();
				assertThat(isMade("durableHandlers", context)).isTrue();
				assertThat(isMade("outboxHandlers", context)).isTrue();
			});
	}

	@Test
	@DisplayName("A01 a user's bean gets them injected")
	void injected() {
		this.runner.withUserConfiguration(Desk.class)
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(Desk.class));
	}

	@Test
	@DisplayName("S10 F05 machines go after the beans that are machines, handlers after those that call them, the scheduler last")
	void orderOfDestruction(CapturedOutput output) {
		List<String> destroyed = new ArrayList<>();
		this.runner.withUserConfiguration(Machines.class)
			.withBean("recorder", DestructionAwareBeanPostProcessor.class, () -> recorder(destroyed))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(destroyed).containsSubsequence("desk", "Lamp", "stateMachines", "greenScheduler");
		assertThat(destroyed).containsSubsequence("desk", "Till", "greenScheduler");
		assertThat(output).doesNotContain("Destruction of bean");
	}

	@Test
	@DisplayName("F05 machines that were never made are not made to be destroyed")
	void neverMade(CapturedOutput output) {
		List<String> destroyed = new ArrayList<>();
		this.runner.withUserConfiguration(RequestLamp.class)
			.withBean("recorder", DestructionAwareBeanPostProcessor.class, () -> recorder(destroyed))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(isMade("stateMachines", context)).isFalse();
				assertThat(isMade("greenScheduler", context)).isFalse();
				assertThat(isMade("controllerPools", context)).isFalse();
			});
		assertThat(destroyed).contains("controllerPoolsLifecycle")
			.doesNotContain("stateMachines", "greenScheduler", "controllerPools");
		assertThat(output).doesNotContain("Destruction of bean");
	}

	@Test
	@DisplayName("A01 a context that was stopped makes no scheduler any more, until it is started again")
	void neverMadeAfterStop() {
		this.runner.run((context) -> {
			context.stop();
			for (Class<?> type : List.of(GreenScheduler.class, ControllerPools.class, StateMachines.class)) {
				assertThatThrownBy(() -> context.getBean(type)).as(type.getName())
					.hasRootCauseInstanceOf(IllegalStateException.class)
					.hasRootCauseMessage(
							"The green scheduler was first requested after the context was stopped, and would never be drained; request it earlier, or start the context again");
			}
			assertThat(isMade("greenScheduler", context)).isFalse();
			context.start();
			GreenScheduler scheduler = context.getBean(GreenScheduler.class);
			assertThat(isClosed(scheduler)).isFalse();
			context.stop();
			assertThat(isClosed(scheduler)).isTrue();
		});
	}

	@Test
	@DisplayName("A01 a scheduler that is made while the context stops is closed by one of the two")
	void madeWhileStopping() throws Exception {
		for (int round = 0; round < 1000; round++) {
			GreenSchedulerLifecycle lifecycle = new GreenSchedulerLifecycle(() -> null);
			lifecycle.start();
			AtomicReference<GreenScheduler> made = new AtomicReference<>();
			Thread stops = Thread.ofPlatform().start(lifecycle::stop);
			try {
				lifecycle.make(() -> {
					made.set(GreenScheduler.builder().build());
					return made.get();
				});
			}
			catch (IllegalStateException stopped) {
				assertThat(stopped).hasMessageContaining("after the context was stopped");
			}
			stops.join();
			assertThat(made.get() == null || isClosed(made.get())).as("round " + round).isTrue();
		}
	}

	@Test
	@DisplayName("F05 a start that fails when machines and handlers are there ends them")
	void failedStart(CapturedOutput output) {
		List<String> destroyed = new ArrayList<>();
		this.runner.withUserConfiguration(Machines.class, FailsLate.class)
			.withBean("recorder", DestructionAwareBeanPostProcessor.class, () -> recorder(destroyed))
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessage("not today"));
		assertThat(destroyed).containsSubsequence("desk", "Till", "Lamp", "stateMachines", "greenScheduler");
		assertThat(output).doesNotContain("Destruction of bean");
	}

	private static boolean isClosed(GreenScheduler scheduler) {
		try {
			scheduler.spawn(() -> {
			});
			return false;
		}
		catch (SchedulerClosedException closed) {
			return true;
		}
	}

	private static boolean isMade(String bean, AssertableWebApplicationContext context) {
		return context.getSourceApplicationContext().getBeanFactory().containsSingleton(bean);
	}

	private static DestructionAwareBeanPostProcessor recorder(List<String> destroyed) {
		return (bean, name) -> destroyed.add(name.substring(name.lastIndexOf('$') + 1));
	}

	@Durable
	@DeferredHandler
	static class Savings {

		@Stored
		private long balance;

		Savings(@Key String number) {
		}

		@Oneway(durable = true)
		public void add(long amount) {
			this.balance += amount;
		}

	}

	static class Desk {

		Desk(StateMachines machines, KeyedHandlers keyed, PoolFilters filters, CallerTransactions transactions,
				@Qualifier("greenScheduler") Executor executor, ObjectProvider<Lamp> lamps,
				ObjectProvider<Deferred<Till>> tills) {
			lamps.ifAvailable(Lamp::off);
			tills.ifAvailable((till) -> till.oneway().open());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Lamp.class, Till.class, Account.class })
	static class Machines {

		@Bean
		Desk desk(StateMachines machines, KeyedHandlers keyed, PoolFilters filters, CallerTransactions transactions,
				@Qualifier("greenScheduler") Executor executor, Lamp lamp, ObjectProvider<Lamp> lamps,
				Deferred<Till> till, ObjectProvider<Deferred<Till>> tills, Keyed<String, Account> accounts) {
			return new Desk(machines, keyed, filters, transactions, executor, lamps, tills);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailsLate {

		@Bean
		@DependsOn("desk")
		Object late() {
			throw new IllegalStateException("not today");
		}

	}

	@Scope(scopeName = "request", proxyMode = ScopedProxyMode.TARGET_CLASS)
	static class RequestLamp {

		@State(initial = true)
		void off() {
		}

	}

	static class Lamp {

		@State(initial = true)
		void off() {
		}

	}

	@DeferredHandler
	static class Till {

		void open() {
		}

	}

	@DeferredHandler
	static class Account {

		Account(@Key String name) {
		}

		void open() {
		}

	}

}
