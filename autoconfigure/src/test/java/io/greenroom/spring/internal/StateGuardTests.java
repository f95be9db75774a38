package io.greenroom.spring.internal;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.state.IllegalTransitionException;
import io.greenroom.state.State;
import io.greenroom.state.StateGuard;
import io.greenroom.state.StateHandle;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.constraints.Min;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.NameMatchMethodPointcut;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.annotation.Secured;
import org.springframework.security.access.prepost.PostAuthorize;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.validation.annotation.Validated;
import org.springframework.validation.beanvalidation.MethodValidationPostProcessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Advice that may reject a call, on states. */
@Timeout(120)
class StateGuardTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class, StateAutoConfiguration.class));

	@AfterEach
	void nobody() {
		SecurityContextHolder.clearContext();
	}

	private static void as(String role) {
		SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("somebody", "", role));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity(securedEnabled = true, jsr250Enabled = true, proxyTargetClass = true)
	@EnableTransactionManagement(proxyTargetClass = true)
	static class Guards {

		@Bean
		static MethodValidationPostProcessor validation() {
			MethodValidationPostProcessor validation = new MethodValidationPostProcessor();
			validation.setProxyTargetClass(true);
			return validation;
		}

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static Advisor limit() {
			return new DefaultPointcutAdvisor(new AnnotationMatchingPointcut(null, Limited.class, true), new Limit());
		}

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static Advisor foreignLimit() {
			return new DefaultPointcutAdvisor(new AnnotationMatchingPointcut(null, LimitedElsewhere.class, true),
					new ForeignLimit());
		}

		@Bean
		JdbcTransactionManager transactionManager() {
			return new JdbcTransactionManager(new DriverManagerDataSource("jdbc:h2:mem:guards"));
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@interface Limited {

	}

	@Retention(RetentionPolicy.RUNTIME)
	@interface LimitedElsewhere {

	}

	static class LimitReached extends RuntimeException {

	}

	@StateGuard
	static class Limit implements MethodInterceptor {

		final AtomicInteger judged = new AtomicInteger();

		@Override
		public Object invoke(MethodInvocation invocation) throws Throwable {
			this.judged.incrementAndGet();
			Object[] arguments = invocation.getArguments();
			Object result = invocation.proceed();
			if (arguments.length > 0 && (int) arguments[0] <= 0) {
				// After it has proceeded: nothing may have moved by then either.
				throw new LimitReached();
			}
			return result;
		}

	}

	/** A class that nobody can annotate. */
	static class ForeignLimit implements MethodInterceptor {

		@Override
		public Object invoke(MethodInvocation invocation) throws Throwable {
			if ((int) invocation.getArguments()[0] <= 0) {
				throw new LimitReached();
			}
			return invocation.proceed();
		}

	}

	@Validated
	static class Order {

		final List<String> log = Collections.synchronizedList(new ArrayList<>());

		@State(initial = true,
				transitionsTo = { "authorized", "secured", "allowed", "valid", "limited", "elsewhere", "byItself" })
		public void open() {
		}

		@PreAuthorize("hasAuthority('ROLE_CLERK')")
		@Transactional
		@State(transitionsTo = "open", onStart = "noted")
		public void authorized(int amount) {
			ran("authorized", amount);
		}

		@Secured("ROLE_CLERK")
		@State(transitionsTo = "open", onStart = "noted")
		public void secured(int amount) {
			ran("secured", amount);
		}

		@RolesAllowed("CLERK")
		@State(transitionsTo = "open", onStart = "noted")
		public void allowed(int amount) {
			ran("allowed", amount);
		}

		@State(transitionsTo = "open", onStart = "noted")
		public void valid(@Min(1) int amount) {
			ran("valid", amount);
		}

		@Limited
		@State(transitionsTo = "open", onStart = "noted")
		public void limited(int amount) {
			ran("limited", amount);
		}

		@LimitedElsewhere
		@State(transitionsTo = "open", onStart = "noted")
		public void elsewhere(int amount) {
			ran("elsewhere", amount);
		}

		@State(transitionsTo = "authorized")
		public void byItself() {
			// A body's own move has no caller to judge.
			authorized(7);
		}

		void noted(StateHandle next, Object... args) {
			this.log.add("onStart");
		}

		private void ran(String state, int amount) {
			// Whatever the context was, the body has none: it is not judged again.
			SecurityContextHolder.clearContext();
			this.log.add(state + " " + amount);
		}

	}

	/** The same behind a mailbox. */
	@DeferredHandler
	static class OrderInTurns extends Order {

	}

	enum Guard {

		AUTHORIZED {
			@Override
			void call(Order order, boolean may) {
				as(may ? "ROLE_CLERK" : "ROLE_GUEST");
				order.authorized(5);
			}
		},

		SECURED {
			@Override
			void call(Order order, boolean may) {
				as(may ? "ROLE_CLERK" : "ROLE_GUEST");
				order.secured(5);
			}
		},

		ALLOWED {
			@Override
			void call(Order order, boolean may) {
				as(may ? "ROLE_CLERK" : "ROLE_GUEST");
				order.allowed(5);
			}
		},

		VALID {
			@Override
			void call(Order order, boolean may) {
				order.valid(may ? 5 : 0);
			}
		},

		LIMITED {
			@Override
			void call(Order order, boolean may) {
				order.limited(may ? 5 : 0);
			}
		},

		ELSEWHERE {
			@Override
			void call(Order order, boolean may) {
				order.elsewhere(may ? 5 : 0);
			}
		};

		abstract void call(Order order, boolean may);

		Class<? extends Throwable> denial() {
			return switch (this) {
				case AUTHORIZED, SECURED, ALLOWED -> AccessDeniedException.class;
				case VALID -> ConstraintViolationException.class;
				case LIMITED, ELSEWHERE -> LimitReached.class;
			};
		}

	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("S33 what a guard denies reaches the caller and moves nothing; whom it lets through moves the machine")
	void guardsJudgeTheCall(Guard guard) {
		judges(Order.class, guard);
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("S33 S22 the same on a handler that is a machine")
	void guardsJudgeTheCallOfAHandler(Guard guard) {
		judges(OrderInTurns.class, guard);
	}

	private void judges(Class<? extends Order> type, Guard guard) {
		this.runner.withUserConfiguration(Guards.class)
			.withBean(type)
			.withPropertyValues("greenroom.state.guards=" + ForeignLimit.class.getName())
			.run((context) -> {
				Order order = context.getBean(type);
				StateMachine machine = context.getBean(StateMachines.class).of(order);
				List<String> log = ((Order) machine.target()).log;
				order.open();
				assertThat(machine.awaitRest(LONG)).isTrue();
				assertThatExceptionOfType(guard.denial()).isThrownBy(() -> guard.call(order, false));
				assertThat(machine.current()).isEqualTo("open");
				assertThat(machine.status()).isEqualTo(StateMachine.Status.RESTING);
				assertThat(log).as("neither onStart nor the body").isEmpty();
				assertThat(machine.history()).hasSize(1);
				guard.call(order, true);
				assertThat(machine.awaitRest(LONG)).isTrue();
				assertThat(machine.exception()).isNull();
				assertThat(machine.current()).isEqualToIgnoringCase(guard.name());
				assertThat(log).containsExactly("onStart", machine.current() + " 5");
				// Who may not call at all does not learn that the move is illegal.
				assertThatExceptionOfType(guard.denial()).isThrownBy(() -> guard.call(order, false));
				assertThatExceptionOfType(IllegalTransitionException.class).isThrownBy(() -> guard.call(order, true));
			});
	}

	@Test
	@DisplayName("S33 a guard judges a call once, and a body's own move is no call")
	void judgedOnce() {
		this.runner.withUserConfiguration(Guards.class).withBean(Order.class).run((context) -> {
			Order order = context.getBean(Order.class);
			StateMachine machine = context.getBean(StateMachines.class).of(order);
			Limit limit = (Limit) context.getBean("limit", Advisor.class).getAdvice();
			order.open();
			assertThat(machine.awaitRest(LONG)).isTrue();
			order.limited(3);
			assertThat(machine.awaitRest(LONG)).isTrue();
			assertThat(limit.judged).hasValue(1);
			order.open();
			order.byItself();
			assertThat(machine.awaitState("authorized", LONG)).isTrue();
			assertThat(machine.awaitRest(LONG)).isTrue();
			assertThat(machine.exception()).isNull();
			assertThat(((Order) machine.target()).log).endsWith("authorized 7");
		});
	}

	@Test
	@DisplayName("S33 a call in vain from many threads beside one that may: the machine moves once")
	void racing() {
		this.runner.withUserConfiguration(Guards.class).withBean(Order.class).run((context) -> {
			Order order = context.getBean(Order.class);
			StateMachine machine = context.getBean(StateMachines.class).of(order);
			for (int round = 0; round < 100; round++) {
				order.open();
				assertThat(machine.awaitRest(LONG)).isTrue();
				AtomicInteger denied = new AtomicInteger();
				List<Thread> guests = new ArrayList<>();
				for (int i = 0; i < 4; i++) {
					guests.add(Thread.startVirtualThread(() -> {
						try {
							order.valid(0);
						}
						catch (ConstraintViolationException expected) {
							denied.incrementAndGet();
						}
					}));
				}
				order.valid(5);
				for (Thread guest : guests) {
					guest.join();
				}
				assertThat(machine.awaitRest(LONG)).isTrue();
				assertThat(denied).hasValue(4);
				assertThat(machine.current()).isEqualTo("valid");
			}
		});
	}

	@Test
	@DisplayName("A04 S33 greenroom.state.guards names classes; one that is not there stops the start")
	void unknownGuard() {
		this.runner.withPropertyValues("greenroom.state.guards=com.example.Missing")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("greenroom.state.guards")
				.hasMessageContaining("com.example.Missing"));
	}

	private static void prototype(ConfigurableApplicationContext context, Class<?> type) {
		RootBeanDefinition definition = new RootBeanDefinition(type);
		definition.setScope("prototype");
		((GenericApplicationContext) context).registerBeanDefinition("prototype", definition);
	}

	// What can't go round a body

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(proxyTargetClass = true)
	@Import(Guards.class)
	static class Asynchronous {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(annotation = Elsewhere.class, proxyTargetClass = true)
	static class AsynchronousByAnother {

	}

	@Async
	@Retention(RetentionPolicy.RUNTIME)
	@interface Background {

	}

	@Retention(RetentionPolicy.RUNTIME)
	@interface Elsewhere {

	}

	static class Direct {

		@Async
		@State
		public void sent() {
		}

	}

	static class ByMeta {

		@Background
		@State
		public void sent() {
		}

	}

	@Async
	static class OnClass {

		@State
		public void sent() {
		}

	}

	static class Inherits extends Direct {

		@Override
		public void sent() {
		}

	}

	interface Sending {

		@Async
		void sent();

	}

	static class ByInterface implements Sending {

		@Override
		@State
		public void sent() {
		}

	}

	static class ByAnother {

		@Elsewhere
		@State
		public void sent() {
		}

	}

	@ParameterizedTest
	@ValueSource(classes = { Direct.class, ByMeta.class, OnClass.class, Inherits.class, ByInterface.class })
	@DisplayName("S33 F11 @Async on a state is an error at the start")
	void asyncStopsTheStart(Class<?> type) {
		this.runner.withUserConfiguration(Asynchronous.class)
			.withBean(type)
			.run((context) -> rejected(context, "state 'sent' is @Async"));
	}

	@ParameterizedTest
	@ValueSource(classes = { Direct.class, ByMeta.class, OnClass.class, Inherits.class, ByInterface.class })
	@DisplayName("S33 F11 so it is on a state of a prototype that nobody has asked for")
	void asyncStopsTheStartForPrototypes(Class<?> type) {
		this.runner.withUserConfiguration(Asynchronous.class)
			.withInitializer((context) -> prototype(context, type))
			.run((context) -> rejected(context, "state 'sent' is @Async"));
	}

	@Test
	@DisplayName("S33 F11 so is the user's own annotation for @Async")
	void ownAsyncAnnotation() {
		this.runner.withUserConfiguration(AsynchronousByAnother.class)
			.withBean(ByAnother.class)
			.run((context) -> rejected(context, "state 'sent' is @Async"));
	}

	static class Threads implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			if (!(bean instanceof Moved)) {
				return bean;
			}
			ProxyFactory proxy = new ProxyFactory(bean);
			proxy.setProxyTargetClass(true);
			NameMatchMethodPointcut states = new NameMatchMethodPointcut();
			states.addMethodName("sent");
			proxy.addAdvisor(new DefaultPointcutAdvisor(states,
					(MethodInterceptor) (invocation) -> CompletableFuture.supplyAsync(() -> {
						try {
							return ((org.springframework.aop.ProxyMethodInvocation) invocation).invocableClone()
								.proceed();
						}
						catch (Throwable ex) {
							throw new java.util.concurrent.CompletionException(ex);
						}
					}).join()));
			return proxy.getProxy();
		}

	}

	static class Moved {

		@State(initial = true, transitionsTo = "sent")
		public void sent() {
		}

	}

	@Test
	@DisplayName("S33 F11 any other advice that moves the body to another thread fails the machine with that reason")
	void adviceThatMovesTheBody() {
		this.runner.withBean(Threads.class).withBean(Moved.class).run((context) -> {
			Moved moved = context.getBean(Moved.class);
			StateMachine machine = context.getBean(StateMachines.class).of(moved);
			moved.sent();
			assertThat(machine.join(LONG)).isTrue();
			assertThat(machine.exception()).hasRootCauseMessage(
					"An advice of %s moves the body of state 'sent' to another thread; the body already runs on its machine's green thread, so remove that advice from the state"
						.formatted(Moved.class.getName()));
			assertThat(machine.history()).hasSize(1);
		});
	}

	static class Mandatory {

		@Transactional(propagation = Propagation.MANDATORY)
		@State
		public void sent() {
		}

	}

	static class Late {

		@PostAuthorize("true")
		@State
		public void sent() {
		}

	}

	@Test
	@DisplayName("S33 a state that needs its caller's transaction, and one judged after the call, stop the start")
	void whatNeverWorks() {
		this.runner.withUserConfiguration(Guards.class)
			.withBean(Mandatory.class)
			.run((context) -> rejected(context, "Propagation.MANDATORY"));
		this.runner.withUserConfiguration(Guards.class)
			.withInitializer((context) -> prototype(context, Mandatory.class))
			.run((context) -> rejected(context, "Propagation.MANDATORY"));
		this.runner.withUserConfiguration(Guards.class)
			.withBean(Late.class)
			.run((context) -> rejected(context, "@PostAuthorize"));
	}

	private static void rejected(AssertableApplicationContext context, String reason) {
		assertThat(context).hasFailed();
		assertThat(context.getStartupFailure()).hasStackTraceContaining(reason);
	}

	// Beans that are handed out early

	@Component("one")
	static class One {

		@Autowired
		Two two;

		final List<Boolean> transactions = Collections.synchronizedList(new ArrayList<>());

		@PreAuthorize("hasAuthority('ROLE_CLERK')")
		@Transactional
		@State
		public void one() {
			this.transactions.add(org.springframework.transaction.support.TransactionSynchronizationManager
				.isActualTransactionActive());
		}

	}

	@Component("two")
	static class Two {

		@Autowired
		One one;

		@Transactional
		@State
		public void two() {
		}

		@Transactional
		public One other() {
			return this.one;
		}

	}

	@Test
	@DisplayName("F12 S33 machines that inject each other: the one handed out early has its guards, and its advice round the body")
	void handedOutEarly() {
		this.runner.withUserConfiguration(Guards.class)
			.withAllowBeanDefinitionOverriding(false)
			.withInitializer(
					(context) -> ((org.springframework.beans.factory.support.DefaultListableBeanFactory) context
						.getBeanFactory()).setAllowCircularReferences(true))
			.withUserConfiguration(One.class, Two.class)
			.run((context) -> {
				One one = context.getBean(Two.class).other();
				assertThat(one).isSameAs(context.getBean(One.class));
				as("ROLE_GUEST");
				assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(one::one);
				StateMachine machine = context.getBean(StateMachines.class).of(one);
				assertThat(machine.status()).isEqualTo(StateMachine.Status.NEW);
				as("ROLE_CLERK");
				one.one();
				assertThat(machine.join(LONG)).isTrue();
				assertThat(((One) machine.target()).transactions).containsExactly(true);
			});
	}

	@Test
	@DisplayName("F13 S33 each prototype has its own machine and guards")
	void prototypes() {
		this.runner.withUserConfiguration(Guards.class)
			.withInitializer((context) -> prototype(context, Order.class))
			.run((context) -> {
				ObjectProvider<Order> orders = context.getBeanProvider(Order.class);
				Order first = orders.getObject();
				Order second = orders.getObject();
				first.open();
				StateMachine machine = context.getBean(StateMachines.class).of(first);
				assertThat(machine.awaitRest(LONG)).isTrue();
				assertThatExceptionOfType(ConstraintViolationException.class).isThrownBy(() -> first.valid(0));
				assertThat(machine.current()).isEqualTo("open");
				assertThat(context.getBean(StateMachines.class).of(second).current()).isNull();
			});
	}

}
