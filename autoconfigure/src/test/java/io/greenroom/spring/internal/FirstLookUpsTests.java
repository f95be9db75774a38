package io.greenroom.spring.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.testkit.Rounds;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.core.ParameterizedTypeReference;

import static org.assertj.core.api.Assertions.assertThat;

/** Handlers and handles that many threads look up for the first time at once. */
@Timeout(180)
class FirstLookUpsTests {

	private static final int THREADS = 8;

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class));

	@ParameterizedTest
	@ValueSource(classes = { Eager.class, LazyOne.class })
	@DisplayName("F07 the first look-ups of a handle by type, from many threads at once, all find it")
	void byType(Class<?> configuration) {
		for (int round = 0; round < Rounds.of(100); round++) {
			this.runner.withUserConfiguration(configuration)
				.run((context) -> assertThat(together(() -> provider(context).getObject().sync().next()))
					.containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8));
		}
	}

	@Test
	@DisplayName("F07 handlers that nobody knows beforehand, and that many threads make at once, get one handle bean")
	void lateHandlers() {
		for (int round = 0; round < Rounds.of(200); round++) {
			this.runner.withUserConfiguration(ByInterface.class).run((context) -> {
				assertThat(together(() -> context.getBean(Counts.class).next())).containsOnly(1);
				assertThat(context.getBeanNamesForType(Deferred.class)).containsExactly("counter.deferred");
			});
		}
	}

	@Test
	@DisplayName("F07 contexts that are refreshed at the same time do not meet each other's handlers")
	void contextsAtOnce() {
		for (int round = 0; round < 10; round++) {
			assertThat(together(() -> {
				List<Integer> seen = new ArrayList<>();
				this.runner.withUserConfiguration(LazyOne.class)
					.run((context) -> seen.add(provider(context).getObject().sync().next()));
				return seen.getFirst();
			})).containsOnly(1);
		}
	}

	private static ObjectProvider<Deferred<Counter>> provider(AssertableApplicationContext context) {
		return context.getBeanProvider(new ParameterizedTypeReference<Deferred<Counter>>() {
		});
	}

	/** Does the same on all threads, as close together as may be. */
	private static List<Integer> together(Callable<Integer> work) throws AssertionError {
		CyclicBarrier start = new CyclicBarrier(THREADS);
		try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
			List<Future<Integer>> results = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				results.add(threads.submit(() -> {
					start.await(30, TimeUnit.SECONDS);
					return work.call();
				}));
			}
			List<Integer> values = new ArrayList<>();
			for (Future<Integer> result : results) {
				values.add(result.get(60, TimeUnit.SECONDS));
			}
			return values;
		}
		catch (Exception ex) {
			throw new AssertionError("A thread failed", ex);
		}
	}

	interface Counts {

		int next();

	}

	@DeferredHandler
	static class Counter implements Counts {

		private int value;

		@Override
		public int next() {
			return ++this.value;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Eager {

		@Bean
		Counter counter() {
			return new Counter();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyOne {

		@Bean
		@Lazy
		Counter counter() {
			return new Counter();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByInterface {

		@Bean
		@Scope("prototype")
		Counts counter() {
			return new Counter();
		}

	}

}
