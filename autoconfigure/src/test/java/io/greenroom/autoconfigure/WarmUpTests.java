package io.greenroom.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.observe.ContextCarrier;
import io.greenroom.spring.internal.GreenSchedulerLifecycle;
import io.greenroom.testkit.Until;
import io.greenroom.web.internal.ControllerPools;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/** The default pool is made when the application is ready, for the first request. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class WarmUpTests {

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withInitializer((context) -> context.getBeanFactory()
			.setConversionService(ApplicationConversionService.getSharedInstance()))
		.withBean(Makers.class)
		.withConfiguration(
				AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, RunInPoolAutoConfiguration.class,
						DispatcherServletAutoConfiguration.class, WebMvcAutoConfiguration.class))
		.withUserConfiguration(SlowCarrier.class);

	@Test
	@DisplayName("A01 the pool of a controller is made on another thread when the application is ready")
	void madeWhenReady() {
		this.runner.withBean(Greeting.class).run((context) -> {
			Makers makers = context.getBean(Makers.class);
			makers.mayMake.countDown();
			assertThat(isMade("controllerPools", context)).isFalse();
			ready(context);
			Until.until("the pool is made", () -> isMade("controllerPools", context));
			assertThat(makers.maker.get()).isNotSameAs(Thread.currentThread());
			ready(context);
			assertThat(context.getBean(ControllerPools.class).all()).hasSize(1);
		});
	}

	@Test
	@DisplayName("A01 an application without controllers makes no pool when it is ready")
	void notWithoutControllers() {
		this.runner.run((context) -> {
			ready(context);
			Makers makers = context.getBean(Makers.class);
			// A thread that should not be there gets a moment to show itself.
			assertThat(makers.asked.await(200, TimeUnit.MILLISECONDS)).isFalse();
		});
	}

	@Test
	@DisplayName("A01 a context that closes while the pool is made closes at once, says nothing of it, and leaves no scheduler")
	void closedAtOnce(CapturedOutput output) {
		AtomicReference<Makers> makers = new AtomicReference<>();
		this.runner.withBean(Greeting.class).run((context) -> {
			makers.set(context.getBean(Makers.class));
			ready(context);
			Until.until("the scheduler is about to be made", () -> makers.get().maker.get() != null);
		});
		Thread maker = makers.get().maker.get();
		Until.until("the attempt ends", () -> !maker.isAlive());
		assertThat(output).doesNotContain("Exception", "WARN", "ERROR");
	}

	private static void ready(AssertableWebApplicationContext context) {
		context.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0],
				context.getSourceApplicationContext(), Duration.ZERO));
	}

	private static boolean isMade(String bean, AssertableWebApplicationContext context) {
		return context.getSourceApplicationContext().getBeanFactory().containsSingleton(bean);
	}

	@RestController
	static class Greeting {

		@GetMapping("/greeting")
		String greet() {
			return "hello";
		}

	}

	/** Who makes the scheduler, and when. */
	static class Makers {

		final CountDownLatch asked = new CountDownLatch(1);

		final CountDownLatch mayMake = new CountDownLatch(1);

		final AtomicReference<Thread> maker = new AtomicReference<>();

	}

	@Configuration(proxyBeanMethods = false)
	static class SlowCarrier {

		/** Of a scope that keeps nothing, so that it is asked for by the maker only. */
		@Bean
		@Scope("prototype")
		ContextCarrier carrier(Makers makers) throws InterruptedException {
			makers.maker.set(Thread.currentThread());
			makers.asked.countDown();
			makers.mayMake.await();
			return ContextCarrier.NONE;
		}

		@Bean
		SmartLifecycle stopsAfterTheScheduler(Makers makers) {
			return new SmartLifecycle() {

				private boolean running;

				@Override
				public void start() {
					this.running = true;
				}

				@Override
				public void stop() {
					this.running = false;
					makers.mayMake.countDown();
				}

				@Override
				public boolean isRunning() {
					return this.running;
				}

				@Override
				public int getPhase() {
					return GreenSchedulerLifecycle.PHASE - 1;
				}

			};
		}

	}

}
