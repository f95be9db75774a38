package io.greenroom.spring.internal;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.constraints.NotBlank;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.validation.annotation.Validated;
import org.springframework.validation.beanvalidation.LocalValidatorFactoryBean;
import org.springframework.validation.beanvalidation.MethodValidationPostProcessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Handlers that Spring hands out before they are complete, and circles of handlers. */
@Timeout(60)
class CircularHandlersTests {

	private final ApplicationContextRunner plain = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class));

	private final ApplicationContextRunner runner = this.plain.withInitializer(
			(context) -> ((org.springframework.beans.factory.support.AbstractAutowireCapableBeanFactory) context
				.getBeanFactory()).setAllowCircularReferences(true));

	@ParameterizedTest
	@ValueSource(classes = { Nothing.class, Transactions.class })
	@DisplayName("F12 a handler that is handed out early has its mailbox, whatever else advises it")
	void earlyReferences(Class<?> configuration) {
		this.runner.withUserConfiguration(configuration, Left.class, Right.class).run((context) -> {
			assertThat(context).hasNotFailed();
			Left left = context.getBean(Left.class);
			Right right = context.getBean(Right.class);
			assertThat(right.left()).isSameAs(left);
			assertThat(left.right()).isSameAs(right);
			addALot(left);
			addALot(right.left());
			assertThat(left.value()).isEqualTo(200);
			assertThat(right.leftsThread()).startsWith("handler-");
			assertThat(context.getBean("circularHandlersTests.Left.deferred", Deferred.class).sync())
				.isInstanceOf(Left.class);
		});
	}

	@Test
	@DisplayName("F12 its other advice applies too: transactions, and validation by a post-processor that knows no early references")
	void otherAdvice() {
		this.runner.withUserConfiguration(Transactions.class, Left.class, Right.class)
			.run((context) -> assertThat(context.getBean(Right.class).leftInTransaction()).isTrue());
		this.runner.withUserConfiguration(Validation.class, ValidLeft.class, ValidRight.class).run((context) -> {
			ValidRight right = context.getBean(ValidRight.class);
			assertThatExceptionOfType(ConstraintViolationException.class).isThrownBy(() -> right.left().name(" "));
			assertThat(right.left().name("a")).startsWith("handler-");
		});
	}

	@Test
	@DisplayName("F12 who keeps such a bean to call it later keeps it with its mailbox: schedules and event listeners")
	void keptBeans() {
		this.runner.withUserConfiguration(Scheduling.class, Seen.class, KeptLeft.class, KeptRight.class)
			.run((context) -> {
				Seen seen = context.getBean(Seen.class);
				assertThat(seen.ticked.get()).startsWith("handler-");
				context.publishEvent("hear");
				assertThat(seen.heard.get()).startsWith("handler-");
				assertThat(seen.hearings).hasValue(1);
			});
		this.runner.withUserConfiguration(ListeningLeft.class, ListeningRight.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("is an ApplicationListener in a circle of references"));
	}

	@ParameterizedTest
	@ValueSource(classes = { ByConstructors.class, HalfConstructor.class, HalfField.class, ThreeInACircle.class,
			SelfByConstructor.class, SelfByField.class })
	@DisplayName("F12 Deferred<X> ends a circle, by constructor and field, with circular references allowed and not: the remedy the guard rails print")
	void deferredEndsACircle(Class<?> configuration) {
		for (ApplicationContextRunner each : List.of(this.plain, this.runner)) {
			each.withUserConfiguration(configuration).run((context) -> {
				assertThat(context).hasNotFailed();
				Start start = context.getBean(Start.class);
				assertThat(start.round()).isEqualTo("came round");
			});
			each.withPropertyValues("spring.main.lazy-initialization=true")
				.withUserConfiguration(configuration)
				.run((context) -> assertThat(context.getBean(Start.class).round()).isEqualTo("came round"));
		}
	}

	@Test
	@DisplayName("F12 a circle that no handle is part of, and a handler that there is not, still stop the start")
	void othersStillFail() {
		this.plain.withUserConfiguration(Caller.class, PlainA.class, PlainB.class)
			.run((context) -> assertThat(context).hasFailed());
		this.plain.withUserConfiguration(Caller.class).run((context) -> assertThat(context).hasFailed());
	}

	private static void addALot(Left left) {
		CompletableFuture
			.allOf(IntStream.range(0, 100)
				.mapToObj((i) -> CompletableFuture.runAsync(left::add))
				.toArray(CompletableFuture[]::new))
			.join();
	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(proxyTargetClass = true)
	static class Transactions {

		@Bean
		DataSourceTransactionManager transactionManager() {
			return new DataSourceTransactionManager(new EmbeddedDatabaseBuilder().generateUniqueName(true)
				.setType(org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType.H2)
				.build());
		}

	}

	@DeferredHandler
	static class Left {

		@Autowired
		private Right right;

		private int value;

		@Transactional
		void add() {
			int seen = this.value;
			Thread.yield();
			this.value = seen + 1;
		}

		int value() {
			return this.value;
		}

		Right right() {
			return this.right;
		}

		String thread() {
			return Thread.currentThread().getName();
		}

		@Transactional
		boolean inTransaction() {
			return TransactionSynchronizationManager.isActualTransactionActive();
		}

	}

	@DeferredHandler
	static class Right {

		@Autowired
		private Left left;

		Left left() {
			return this.left;
		}

		String leftsThread() {
			return this.left.thread();
		}

		boolean leftInTransaction() {
			return this.left.inTransaction();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Validation {

		@Bean
		static LocalValidatorFactoryBean validator() {
			return new LocalValidatorFactoryBean();
		}

		@Bean
		static MethodValidationPostProcessor methodValidation(LocalValidatorFactoryBean validator) {
			MethodValidationPostProcessor processor = new MethodValidationPostProcessor();
			processor.setValidator(validator);
			return processor;
		}

	}

	@DeferredHandler
	@Validated
	static class ValidLeft {

		@Autowired
		private ValidRight right;

		String name(@NotBlank String name) {
			return Thread.currentThread().getName();
		}

	}

	@DeferredHandler
	static class ValidRight {

		@Autowired
		private ValidLeft left;

		ValidLeft left() {
			return this.left;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Scheduling {

	}

	static class Seen {

		final CompletableFuture<String> ticked = new CompletableFuture<>();

		final CompletableFuture<String> heard = new CompletableFuture<>();

		final AtomicInteger hearings = new AtomicInteger();

	}

	@DeferredHandler
	static class KeptLeft {

		@Autowired
		private KeptRight right;

		@Autowired
		private Seen seen;

		@Scheduled(fixedDelay = 10)
		void tick() {
			this.seen.ticked.complete(Thread.currentThread().getName());
		}

		@EventListener
		void hear(String event) {
			this.seen.hearings.incrementAndGet();
			this.seen.heard.complete(Thread.currentThread().getName());
		}

	}

	@DeferredHandler
	static class KeptRight {

		@Autowired
		private KeptLeft left;

	}

	@DeferredHandler
	static class ListeningLeft implements ApplicationListener<ApplicationEvent> {

		@Autowired
		private ListeningRight right;

		@Override
		public void onApplicationEvent(ApplicationEvent event) {
		}

	}

	@DeferredHandler
	static class ListeningRight {

		@Autowired
		private ListeningLeft left;

	}

	interface Start {

		String round();

	}

	@Configuration(proxyBeanMethods = false)
	@org.springframework.context.annotation.Import({ ByConstructors.A.class, ByConstructors.B.class })
	static class ByConstructors {

		@DeferredHandler
		static class A implements Start {

			private final Deferred<B> b;

			A(Deferred<B> b) {
				this.b = b;
			}

			@Override
			public String round() {
				return this.b.async((other) -> "came").join() + this.b.sync().further();
			}

		}

		@DeferredHandler(reentrant = true)
		static class B {

			private final Deferred<A> a;

			B(Deferred<A> a) {
				this.a = a;
			}

			String further() {
				return (this.a.toString().contains("A")) ? " round" : " nowhere";
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@org.springframework.context.annotation.Import({ HalfConstructor.A.class, HalfConstructor.B.class })
	static class HalfConstructor {

		@DeferredHandler
		static class A implements Start {

			private final Deferred<B> b;

			A(Deferred<B> b) {
				this.b = b;
			}

			@Override
			public String round() {
				return this.b.sync().further();
			}

		}

		@DeferredHandler
		static class B {

			private final A a;

			B(A a) {
				this.a = a;
			}

			String further() {
				return (this.a != null) ? "came round" : "nowhere";
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@org.springframework.context.annotation.Import({ HalfField.A.class, HalfField.B.class })
	static class HalfField {

		@DeferredHandler
		static class A implements Start {

			private final B b;

			A(B b) {
				this.b = b;
			}

			@Override
			public String round() {
				return this.b.further();
			}

		}

		@DeferredHandler
		static class B {

			@Autowired
			private Deferred<A> a;

			String further() {
				return this.a.toString().contains("A") ? "came round" : "nowhere";
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@org.springframework.context.annotation.Import({ ThreeInACircle.A.class, ThreeInACircle.B.class,
			ThreeInACircle.C.class })
	static class ThreeInACircle {

		@DeferredHandler
		static class A implements Start {

			private final B b;

			A(B b) {
				this.b = b;
			}

			@Override
			public String round() {
				return this.b.further();
			}

		}

		static class B {

			private final Deferred<C> c;

			B(Deferred<C> c) {
				this.c = c;
			}

			String further() {
				return this.c.sync().further();
			}

		}

		@DeferredHandler
		static class C {

			private final A a;

			C(A a) {
				this.a = a;
			}

			String further() {
				return (this.a != null) ? "came round" : "nowhere";
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@org.springframework.context.annotation.Import(SelfByConstructor.A.class)
	static class SelfByConstructor {

		@DeferredHandler
		static class A implements Start {

			private final Deferred<A> self;

			private final CompletableFuture<String> done = new CompletableFuture<>();

			A(Deferred<A> self) {
				this.self = self;
			}

			@Override
			public String round() {
				this.self.oneway().later();
				return "came round";
			}

			@Oneway
			void later() {
				this.done.complete("later");
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@org.springframework.context.annotation.Import(SelfByField.A.class)
	static class SelfByField {

		@DeferredHandler
		static class A implements Start {

			@Autowired
			private Deferred<A> self;

			@Override
			public String round() {
				this.self.oneway().later();
				return "came round";
			}

			@Oneway
			void later() {
			}

		}

	}

	static class Caller {

		Caller(Deferred<PlainA> a) {
		}

	}

	@DeferredHandler
	static class PlainA {

		PlainA(PlainB b) {
		}

	}

	static class PlainB {

		PlainB(PlainA a) {
		}

	}

}
