package io.greenroom.web.internal;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.web.PoolFilters;
import io.greenroom.web.RunInPool;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.async.CallableProcessingInterceptor;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

import static io.greenroom.web.internal.SlotCounts.awaitAllBack;
import static io.greenroom.web.internal.SlotCounts.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.web.servlet.function.RouterFunctions.route;

/** Requests that have a slot, and fail before their controller could begin. */
@Timeout(60)
class HopFailuresIT {

	private static RunningApp start(String on) {
		return RunningApp.startOn(on, App.class, "greenroom.pools.one.size=1", "greenroom.pools.one.queue-capacity=3",
				"greenroom.pools.one.queue-timeout=20s");
	}

	@ParameterizedTest(name = "{displayName} [{0}, {1}, {2}]")
	@CsvSource({ "tomcat hop,/ok,CAPTURE", "tomcat hop,/ok,BEFORE_HANDLING", "tomcat hop,/ok,BEFORE_THE_CONTROLLER",
			"tomcat hop,/route,CAPTURE", "jetty hop,/ok,CAPTURE", "jetty hop,/ok,BEFORE_HANDLING",
			"jetty hop,/ok,BEFORE_THE_CONTROLLER", "jetty hop,/route,CAPTURE" })
	@DisplayName("H07 a request that fails on its way to its controller gives its slot back once")
	void failsOnTheWay(String on, String path, Fault fault) throws Exception {
		try (RunningApp app = start(on)) {
			Faults faults = app.bean(Faults.class);
			for (int i = 0; i < 3; i++) {
				faults.next = fault;
				assertThat(app.get(path).statusCode()).isEqualTo(500);
				assertThat(faults.next).as("the fault has happened").isEqualTo(Fault.NONE);
				awaitAllBack(app);
			}
			assertThat(app.get(path).body()).isEqualTo("ok");
			awaitAllBack(app);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat hop", "jetty hop" })
	@DisplayName("H02 H07 a request that comes while the scheduler shuts down gets 503 and leaves no slot behind")
	void comesWhileTheSchedulerShutsDown(String on) throws Exception {
		try (RunningApp app = start(on)) {
			GreenScheduler scheduler = app.bean(GreenScheduler.class);
			CountDownLatch working = new CountDownLatch(1);
			CountDownLatch goOn = new CountDownLatch(1);
			GreenThread<Boolean> accepted = scheduler.spawn(() -> {
				working.countDown();
				return goOn.await(20, TimeUnit.SECONDS);
			});
			assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
			Thread drain = Thread.startVirtualThread(() -> scheduler.drain(Duration.ofSeconds(20)));
			SlotCounts.until(() -> rejects(scheduler));
			for (String path : new String[] { "/ok", "/route" }) {
				assertThat(app.get(path).statusCode()).as(path).isEqualTo(503);
				assertThat(pool(app).active()).as(path).isZero();
				assertThat(pool(app).queued()).as(path).isZero();
			}
			goOn.countDown();
			drain.join();
			assertThat(accepted.get()).isTrue();
		}
	}

	private static boolean rejects(GreenScheduler scheduler) {
		try {
			scheduler.spawn(() -> true);
			return false;
		}
		catch (SchedulerClosedException closed) {
			return true;
		}
	}

	enum Fault {

		NONE, CAPTURE, BEFORE_HANDLING, BEFORE_THE_CONTROLLER

	}

	/** What the application's own parts throw, once. */
	static final class Faults implements HandlerInterceptor, CallableProcessingInterceptor, ContextCarrier {

		volatile Fault next = Fault.NONE;

		private void at(Fault place) {
			if (this.next == place) {
				this.next = Fault.NONE;
				throw new IllegalStateException("on purpose: " + place);
			}
		}

		/** As security and open sessions do. */
		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			WebAsyncUtils.getAsyncManager(request).registerCallableInterceptor(this, this);
			return true;
		}

		@Override
		public Snapshot capture() {
			at(Fault.CAPTURE);
			return Snapshot.EMPTY;
		}

		@Override
		public <T> void beforeConcurrentHandling(NativeWebRequest request, Callable<T> task) {
			at(Fault.BEFORE_HANDLING);
		}

		@Override
		public <T> void preProcess(NativeWebRequest request, Callable<T> task) {
			at(Fault.BEFORE_THE_CONTROLLER);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Endpoint.class)
	static class App {

		@Bean
		SlotCounts slotCounts() {
			return new SlotCounts();
		}

		@Bean
		Faults faults() {
			return new Faults();
		}

		@Bean
		WebMvcConfigurer interceptors(Faults faults) {
			return new WebMvcConfigurer() {

				@Override
				public void addInterceptors(InterceptorRegistry interceptors) {
					interceptors.addInterceptor(faults);
				}

			};
		}

		@Bean
		RouterFunction<ServerResponse> routes(PoolFilters pools) {
			return route().GET("/route", (request) -> ServerResponse.ok().body("ok")).filter(pools.in("one")).build();
		}

	}

	@RestController
	@RunInPool("one")
	static class Endpoint {

		@GetMapping("/ok")
		String ok() {
			return "ok";
		}

	}

}
