package io.greenroom.spring.internal;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.deferred.internal.Handlers;
import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.Collected;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.support.SimpleThreadScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Handlers of contexts that close while their parent, and its scheduler, go on. */
@Timeout(120)
class ClosingContextsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class));

	@ParameterizedTest
	@ValueSource(strings = { "plain", "lazy", "prototype", "made", "madeEachTime", "threadScoped" })
	@DisplayName("F05 a child context that closes ends its handlers and their loops, however they were made")
	void childContexts(String bean) {
		this.runner.run((parent) -> {
			GreenScheduler scheduler = parent.getBean(GreenScheduler.class);
			for (int round = 0; round < 3; round++) {
				List<Looped> made = new ArrayList<>();
				List<Looped> targets = new ArrayList<>();
				this.runner.withParent(parent).withUserConfiguration(Beans.class).run((child) -> {
					for (int i = 0; i < 2; i++) {
						Looped looped = child.getBean(bean, Looped.class);
						assertThat(looped.work()).isPositive();
						made.add(looped);
						targets.add((Looped) AopProxyUtils.getSingletonTarget(looped));
					}
				});
				assertThat(targets).allSatisfy((target) -> {
					assertThat(target.loop.join(Duration.ofSeconds(20))).isTrue();
					assertThat(target.ended).isTrue();
				});
				for (Looped looped : made) {
					assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(looped::work);
				}
				assertThat(scheduler.services()).isEmpty();
			}
			assertThat(scheduler.spawn("still", () -> 1).get()).isEqualTo(1);
		});
	}

	@Test
	@DisplayName("F05 D31 what was accepted in a child context runs before it is gone")
	void acceptedCallsRun() {
		this.runner.run((parent) -> {
			List<CompletableFuture<Integer>> accepted = new ArrayList<>();
			this.runner.withParent(parent).withUserConfiguration(Beans.class).run((child) -> {
				for (String bean : List.of("plain.deferred", "prototype.deferred")) {
					@SuppressWarnings("unchecked")
					Deferred<Looped> deferred = (Deferred<Looped>) child.getBean(bean);
					CountDownLatch leave = new CountDownLatch(1);
					accepted.add(deferred.async((looped) -> looped.hold(leave)));
					accepted.add(deferred.async(Looped::work));
					// Two virtual threads that only yield would have both carriers of a
					// small
					// machine to themselves.
					Thread.ofPlatform().daemon().start(() -> {
						Until.until("the shutdown to begin", () -> deferred.calls().isClosing());
						leave.countDown();
					});
				}
			});
			for (CompletableFuture<Integer> call : accepted) {
				assertThat(call.get(20, TimeUnit.SECONDS)).isPositive();
			}
		});
	}

	@Test
	@DisplayName("F05 a context whose start fails ends the handlers that it had")
	void failedStarts() {
		this.runner.run((parent) -> {
			this.runner.withParent(parent)
				.withUserConfiguration(Beans.class, Failing.class)
				.run((child) -> assertThat(child).hasFailed());
			assertThat(parent.getBean(GreenScheduler.class).services()).isEmpty();
		});
	}

	@Test
	@DisplayName("F05 prototypes that are called and let go are collected, while their context goes on")
	void prototypesAreCollected() {
		// The limit determines how often a handler is asked to rest.
		this.runner.withUserConfiguration(Beans.class)
			.withPropertyValues("greenroom.deferred.busy-limit=2s")
			.run((context) -> {
				List<WeakReference<Object>> dropped = new ArrayList<>();
				for (int i = 0; i < 200; i++) {
					Cart cart = context.getBean(Cart.class);
					assertThat(cart.put()).isOne();
					dropped.add(new WeakReference<>(AopProxyUtils.getSingletonTarget(cart)));
					dropped.add(new WeakReference<>(cart));
				}
				Collected.await(dropped);
				assertThat(context.getBean(Handlers.class).all())
					.noneMatch((handler) -> handler.target() instanceof Cart);
			});
	}

	@Test
	@DisplayName("F05 child contexts that were opened and closed are collected, with the classes' handlers")
	void contextsAreCollected() {
		this.runner.run((parent) -> {
			List<WeakReference<Object>> dropped = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				this.runner.withParent(parent).withUserConfiguration(Beans.class).run((child) -> {
					assertThat(child.getBean("prototype", Looped.class).work()).isOne();
					assertThat(child.getBean(Cart.class).put()).isOne();
					dropped.add(new WeakReference<>(child.getSourceApplicationContext()));
				});
			}
			Collected.await(dropped);
		});
	}

	@Test
	@DisplayName("F05 a Deferred bean closes nothing when it is destroyed before its handler, and may be closed by hand")
	void handles() {
		this.runner.withUserConfiguration(Beans.class).run((context) -> {
			@SuppressWarnings("unchecked")
			Deferred<Looped> deferred = (Deferred<Looped>) context.getBean("plain.deferred");
			context.getBeanFactory().destroyBean("plain.deferred", deferred);
			assertThat(deferred.sync().work()).isOne();
			deferred.close();
			assertThat(catchThrowable(deferred.sync()::work)).isInstanceOf(HandlerStoppedException.class)
				.hasMessageContaining("closed");
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Beans {

		@Bean
		static CustomScopeConfigurer scopes() {
			CustomScopeConfigurer scopes = new CustomScopeConfigurer();
			scopes.addScope("thread", new SimpleThreadScope());
			return scopes;
		}

		@Bean
		Looped plain() {
			return new Looped();
		}

		@Bean
		@Lazy
		Looped lazy() {
			return new Looped();
		}

		@Bean
		@Scope("prototype")
		Looped prototype() {
			return new Looped();
		}

		@Bean
		static Maker made() {
			return new Maker(true);
		}

		@Bean
		static Maker madeEachTime() {
			return new Maker(false);
		}

		@Bean
		@Scope("thread")
		Looped threadScoped() {
			return new Looped();
		}

		@Bean
		@Scope("prototype")
		Cart cart() {
			return new Cart();
		}

	}

	record Maker(boolean isSingleton) implements FactoryBean<Looped> {

		@Override
		public Looped getObject() {
			return new Looped();
		}

		@Override
		public Class<?> getObjectType() {
			return Looped.class;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Failing {

		@Bean
		Object failing(@org.springframework.beans.factory.annotation.Qualifier("prototype") Looped looped) {
			throw new IllegalStateException("this context does not start");
		}

	}

	@DeferredHandler
	static class Cart {

		private final byte[] state = new byte[50_000];

		private int puts;

		int put() {
			return ++this.puts + this.state[0];
		}

	}

	@DeferredHandler
	static class Looped {

		private volatile Thread loop;

		private volatile boolean ended;

		private int worked;

		int work() {
			return ++this.worked;
		}

		int hold(CountDownLatch until) {
			try {
				until.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return work();
		}

		@ProcessingLoop
		void loop(DeferredCalls calls) {
			this.loop = Thread.currentThread();
			while (!calls.isClosing()) {
				calls.process(Duration.ofMillis(50));
			}
			this.ended = true;
		}

	}

}
