package io.greenroom.spring.internal;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.InvalidHandlerException;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.spring.InvalidHandlersException;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.interceptor.AsyncExecutionInterceptor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.NameMatchMethodPointcut;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.AdviceMode;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** A body stays in its turn, or the start is rejected. */
@Timeout(60)
class LeavingTheTurnTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class));

	@ParameterizedTest
	@ValueSource(classes = { OnMethod.class, OnClass.class, Inherited.class, InheritedClass.class, OnInterface.class,
			OnInterfaceType.class, Composed.class, ComposedTwice.class })
	@DisplayName("F11 an @Async body of a handler, wherever the annotation stands, is rejected at the start with the remedy")
	void asyncIsRejected(Class<?> handler) {
		this.runner.withUserConfiguration(Asynchronous.class, handler)
			.run((context) -> assertThat(description(context.getStartupFailure())).contains("add()", "asynchronous",
					"make it @Oneway"));
		this.runner.withPropertyValues("spring.main.lazy-initialization=true")
			.withInitializer((context) -> context
				.addBeanFactoryPostProcessor((factory) -> List.of(factory.getBeanDefinitionNames())
					.forEach((name) -> factory.getBeanDefinition(name).setLazyInit(true))))
			.withUserConfiguration(Asynchronous.class, handler)
			.run((context) -> assertThat(description(context.getStartupFailure())).contains("add()", "asynchronous"));
		this.runner.withUserConfiguration(handler).run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(classes = { CustomAnnotation.class, WovenAsync.class, LateAdvice.class, AutoProxied.class,
			ByInterface.class })
	@DisplayName("F11 a body that other means move to an executor is rejected at the start too: own annotations, advisors, late advice, a bean method's interface")
	void otherMeansAreRejected(Class<?> configuration) {
		this.runner.withUserConfiguration(configuration)
			.run((context) -> assertThat(description(context.getStartupFailure())).contains("add()", "asynchronous"));
	}

	@Test
	@DisplayName("F11 advice of somebody's own that moves a body is found before the body runs, and told to log and caller")
	void unknownAdvice() {
		this.runner.withUserConfiguration(Moving.class).run((context) -> {
			Counter counter = context.getBean(Counter.class);
			assertThatIllegalStateException().isThrownBy(counter::moved)
				.withMessageContaining("counter.moved was moved out of the handler's turn")
				.withMessageContaining("its body has not run");
			assertThatIllegalStateException()
				.isThrownBy(() -> handle(context.getBean("counter.deferred")).sync().moved())
				.withMessageContaining("moved out");
			assertThat(counter.value()).isZero();
			counter.plain();
			handle(context.getBean("counter.deferred")).sync().plain();
			handle(context.getBean("counter.deferred")).direct().plain();
			counter.twice();
			assertThat(counter.value()).isEqualTo(5);
		});
	}

	@Test
	@DisplayName("F11 the remedies work: @Oneway in place of @Async, or an @Async method of another bean that calls the handler")
	void remedies() {
		this.runner.withUserConfiguration(Asynchronous.class, Mended.class, MendedCaller.class).run((context) -> {
			MendedCaller caller = context.getBean(MendedCaller.class);
			CompletableFuture
				.allOf(IntStream.range(0, 50).mapToObj((i) -> caller.add()).toArray(CompletableFuture[]::new))
				.join();
			assertThat(context.getBean(Mended.class).value()).isEqualTo(50);
			for (int i = 0; i < 50; i++) {
				context.publishEvent("add");
			}
			assertThat(context.getBean(Mended.class).value()).isEqualTo(100);
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { ReturnsMono.class, ReturnsFlux.class, ReturnsFlow.class, InheritsMono.class })
	@DisplayName("F11 a handler's method that returns a publisher is rejected at the start, in Spring and without")
	void publishers(Class<?> handler) {
		this.runner.withUserConfiguration(handler)
			.run((context) -> assertThat(description(context.getStartupFailure())).contains("look()",
					"outside the handler's turn", "return the value itself"));
		assertThatExceptionOfType(InvalidHandlerException.class).isThrownBy(() -> HandlerType.of(handler));
	}

	@Test
	@DisplayName("F11 @Scheduled and @EventListener methods of a handler run in its turn")
	void scheduledRunsInTheTurn() {
		this.runner.withUserConfiguration(Scheduling.class, Seen.class, Clock.class).run((context) -> {
			Seen clock = context.getBean(Seen.class);
			assertThat(clock.ticked.get()).startsWith("handler-");
			context.publishEvent("listen");
			assertThat(clock.heard.get()).startsWith("handler-");
		});
	}

	@SuppressWarnings("unchecked")
	private static Deferred<Counter> handle(Object bean) {
		return (Deferred<Counter>) bean;
	}

	private static String description(Throwable failure) {
		assertThat(failure).as("the start was not rejected").isNotNull();
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof InvalidHandlersException) {
				return cause.getMessage();
			}
		}
		throw new AssertionError("No rejection", failure);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class Asynchronous {

	}

	@DeferredHandler
	static class OnMethod {

		@Async
		void add() {
		}

		void plain() {
		}

	}

	@DeferredHandler
	@Async
	static class OnClass {

		void add() {
		}

	}

	static class Base {

		@Async
		public void add() {
		}

	}

	@DeferredHandler
	static class Inherited extends Base {

	}

	@Async
	static class ClassBase {

		public void add() {
		}

	}

	@DeferredHandler
	static class InheritedClass extends ClassBase {

	}

	interface Adds {

		@Async
		void add();

	}

	@DeferredHandler
	static class OnInterface implements Adds {

		@Override
		public void add() {
		}

	}

	@Async
	interface AsyncAdds {

		void add();

	}

	@DeferredHandler
	static class OnInterfaceType implements AsyncAdds {

		@Override
		public void add() {
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@Async
	@EventListener(org.springframework.context.event.ContextRefreshedEvent.class)
	@interface ModuleListener {

	}

	@Retention(RetentionPolicy.RUNTIME)
	@ModuleListener
	@interface OurModuleListener {

	}

	@DeferredHandler
	static class Composed {

		@ModuleListener
		void add() {
		}

	}

	@DeferredHandler
	static class ComposedTwice {

		@OurModuleListener
		void add() {
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@interface Elsewhere {

	}

	@DeferredHandler
	static class Marked {

		@Elsewhere
		void add() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(annotation = Elsewhere.class)
	static class CustomAnnotation {

		@Bean
		@Lazy
		Marked marked() {
			return new Marked();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WovenAsync {

		@Bean(org.springframework.scheduling.config.TaskManagementConfigUtils.ASYNC_EXECUTION_ASPECT_BEAN_NAME)
		Object aspect() {
			return AdviceMode.ASPECTJ;
		}

		@Bean
		OnMethod handler() {
			return new OnMethod();
		}

	}

	@DeferredHandler
	static class Unmarked {

		void add() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LateAdvice {

		@Bean
		static BeanPostProcessor late() {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String name) {
					if (bean instanceof Advised advised && name.equals("unmarked")) {
						advised.addAdvice(new AsyncExecutionInterceptor(ForkJoinPool.commonPool()));
					}
					return bean;
				}

			};
		}

		@Bean
		Unmarked unmarked() {
			return new Unmarked();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AutoProxied {

		@Bean
		static DefaultAdvisorAutoProxyCreator creator() {
			DefaultAdvisorAutoProxyCreator creator = new DefaultAdvisorAutoProxyCreator();
			creator.setProxyTargetClass(true);
			return creator;
		}

		@Bean
		static Advisor advisor() {
			NameMatchMethodPointcut pointcut = new NameMatchMethodPointcut();
			pointcut.addMethodName("add");
			return new DefaultPointcutAdvisor(pointcut, new AsyncExecutionInterceptor(ForkJoinPool.commonPool()));
		}

		@Bean
		Unmarked unmarked() {
			return new Unmarked();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(proxyTargetClass = true)
	static class ByInterface {

		@Bean
		Runnable handler() {
			return new Running();
		}

	}

	@DeferredHandler
	static class Running implements Runnable {

		@Override
		public void run() {
		}

		@Async
		void add() {
		}

	}

	@DeferredHandler
	static class Counter {

		private int value;

		void moved() {
			this.value += 1000;
		}

		void plain() {
			this.value++;
		}

		void twice() {
			plain();
			this.value++;
		}

		int value() {
			return this.value;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Moving {

		@Bean
		static DefaultAdvisorAutoProxyCreator creator() {
			DefaultAdvisorAutoProxyCreator creator = new DefaultAdvisorAutoProxyCreator();
			creator.setProxyTargetClass(true);
			return creator;
		}

		@Bean
		static Advisor advisor() {
			NameMatchMethodPointcut pointcut = new NameMatchMethodPointcut();
			pointcut.addMethodName("moved");
			MethodInterceptor moving = (invocation) -> {
				CompletableFuture<Object> done = new CompletableFuture<>();
				Executor executor = ForkJoinPool.commonPool();
				executor.execute(() -> {
					try {
						done.complete(invocation.proceed());
					}
					catch (Throwable failure) {
						done.completeExceptionally(failure);
					}
				});
				try {
					return done.join();
				}
				catch (java.util.concurrent.CompletionException ex) {
					throw ex.getCause();
				}
			};
			return new DefaultPointcutAdvisor(pointcut, moving);
		}

		@Bean
		Counter counter() {
			return new Counter();
		}

	}

	@DeferredHandler
	static class Mended {

		private int value;

		@Oneway
		void add() {
			int seen = this.value;
			Thread.yield();
			this.value = seen + 1;
		}

		@EventListener
		@Oneway
		void add(String event) {
			add();
		}

		int value() {
			return this.value;
		}

	}

	static class MendedCaller {

		private final Mended handler;

		MendedCaller(Mended handler) {
			this.handler = handler;
		}

		@Async
		CompletableFuture<Integer> add() {
			this.handler.add();
			return CompletableFuture.completedFuture(1);
		}

	}

	@DeferredHandler
	static class ReturnsMono {

		Mono<String> look() {
			return Mono.empty();
		}

	}

	@DeferredHandler
	static class ReturnsFlux {

		Flux<String> look() {
			return Flux.empty();
		}

	}

	@DeferredHandler
	static class ReturnsFlow {

		Flow.Publisher<String> look() {
			return (subscriber) -> {
			};
		}

	}

	static class MonoBase {

		public Mono<String> look() {
			return Mono.empty();
		}

	}

	@DeferredHandler
	static class InheritsMono extends MonoBase {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Scheduling {

	}

	@DeferredHandler
	static class Clock {

		private final CompletableFuture<String> heard;

		private final List<CompletableFuture<String>> mine = new ArrayList<>();

		Clock(Seen seen) {
			this.heard = seen.heard;
			this.mine.add(seen.ticked);
		}

		@Scheduled(fixedDelay = 10)
		void tick() {
			if (!this.mine.isEmpty()) {
				this.mine.getFirst().complete(Thread.currentThread().getName());
			}
		}

		@EventListener
		void listen(String event) {
			this.mine.getFirst();
			this.heard.complete(Thread.currentThread().getName());
		}

	}

	static class Seen {

		final CompletableFuture<String> ticked = new CompletableFuture<>();

		final CompletableFuture<String> heard = new CompletableFuture<>();

	}

}
