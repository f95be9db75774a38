package io.greenroom.autoconfigure;

import java.time.Duration;
import java.util.Objects;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.autoconfigure.PoolsProperties.Limit;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.PoolClosedException;
import io.greenroom.spring.internal.GreenSchedulerLifecycle;
import io.greenroom.web.PoolFilters;
import io.greenroom.web.RunInPool;
import io.greenroom.web.RunInPoolAdapters;
import io.greenroom.web.UnknownPoolException;
import io.greenroom.web.internal.ControllerPool;
import io.greenroom.web.internal.ControllerPools;
import io.greenroom.web.internal.ControllerPoolsLifecycle;
import io.greenroom.web.internal.PoolSelector;
import io.greenroom.web.internal.PoolTerms;
import io.greenroom.web.internal.RunInPoolHandlerAdapter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.tomcat.autoconfigure.TomcatVirtualThreadsWebServerFactoryCustomizer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.boot.webmvc.error.DefaultErrorAttributes;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

@ExtendWith(OutputCaptureExtension.class)
class RunInPoolAutoConfigurationTests {

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withInitializer((context) -> context.getBeanFactory()
			.setConversionService(ApplicationConversionService.getSharedInstance()))
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class,
				RunInPoolAutoConfiguration.class, TaskExecutionAutoConfiguration.class,
				DispatcherServletAutoConfiguration.class, WebMvcAutoConfiguration.class));

	@Test
	@DisplayName("A01 with Spring MVC the pools and the adapter are there without a property, and one line says so")
	void presentWithoutProperties(CapturedOutput output) {
		this.runner.run((context) -> {
			ControllerPool pool = pool(context, RunInPool.DEFAULT);
			assertThat(pool.pool().size()).isEqualTo(200);
			assertThat(pool.pool().queueCapacity()).isEqualTo(1000);
			assertThat(pool.terms().queueTimeout()).isEqualTo(Duration.ofSeconds(5));
			assertThat(pool.terms().retryAfter()).isEqualTo(Duration.ofSeconds(1));
			assertThat(context).getBean(RequestMappingHandlerAdapter.class).isInstanceOf(RunInPoolHandlerAdapter.class);
		});
		assertThat(output).contains("Controllers run in pools: default (200 at once, 1000 may wait 5s); mode auto, "
				+ "virtual server threads (greenroom.web.server-threads). "
				+ "To turn this off: greenroom.web.enabled=false");
	}

	@Test
	@DisplayName("A02 Boot's executor is still there, and the application's own beans win")
	void backsOff() {
		this.runner.run((context) -> assertThat(context).hasBean("applicationTaskExecutor"));
		this.runner.withUserConfiguration(OwnPools.class)
			.run((context) -> assertThat(pool(context, RunInPool.DEFAULT).pool().size()).isEqualTo(3));
	}

	@ParameterizedTest
	@ValueSource(strings = { "queue-timeout", "body-timeout", "write-timeout", "retry-after", "retry-after-jitter",
			"target-latency" })
	@DisplayName("F06 a time that no clock can count is rejected at the start, and the longest one is taken")
	void countsAnyTime(String key) {
		String setting = "greenroom.pools.one." + key;
		for (String tooLong : new String[] { "999999d", Long.MAX_VALUE + "s", "36501d" }) {
			this.runner.withPropertyValues("greenroom.pools.one.limit=aimd", setting + "=" + tooLong)
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.hasMessageContaining(setting)
					.hasMessageContaining("36500d"));
		}
		this.runner.withPropertyValues("greenroom.pools.one.limit=aimd", setting + "=36500d")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(strings = { "size", "queue-capacity", "max-size" })
	@DisplayName("F06 the greatest number works as a pool's size")
	void countsAnySize(String key) {
		for (String limit : new String[] { "fixed", "aimd", "gradient" }) {
			this.runner
				.withPropertyValues("greenroom.pools.one.limit=" + limit,
						"greenroom.pools.one." + key + "=" + Integer.MAX_VALUE)
				.run((context) -> assertThat(pool(context, "one").pool().size()).isPositive());
		}
	}

	@Test
	@DisplayName("A03 greenroom.web.enabled=false leaves nothing of it")
	void offByKey(CapturedOutput output) {
		this.runner.withPropertyValues("greenroom.web.enabled=false", "greenroom.pools.reports.size=0")
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean(ControllerPools.class);
				assertThat(context.getBeanDefinitionNames()).noneMatch(
						(name) -> name.contains("RunInPool") || name.contains("runInPool") || name.contains("Pools"));
				assertThat(context.getBean(RequestMappingHandlerAdapter.class))
					.isNotInstanceOf(RunInPoolHandlerAdapter.class);
				assertThat(context).doesNotHaveBean(TomcatVirtualThreadsWebServerFactoryCustomizer.class);
			});
		assertThat(output).doesNotContain("Controllers");
	}

	@Test
	@DisplayName("A03 without a scheduler there are no pools")
	void offWithTheScheduler() {
		this.runner.withPropertyValues("greenroom.scheduler.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ControllerPools.class));
	}

	@Test
	@DisplayName("A04 every key of a pool takes effect, and leaves the other pools alone")
	void keysTakeEffect() {
		this.runner
			.withPropertyValues("greenroom.pools.reports.size=4", "greenroom.pools.reports.queue-capacity=7",
					"greenroom.pools.reports.queue-timeout=3s", "greenroom.pools.reports.retry-after=9s",
					"greenroom.pools.default.size=5")
			.run((context) -> {
				ControllerPool reports = pool(context, "reports");
				assertThat(reports.pool().size()).isEqualTo(4);
				assertThat(reports.pool().queueCapacity()).isEqualTo(7);
				assertThat(reports.terms().queueTimeout()).isEqualTo(Duration.ofSeconds(3));
				assertThat(reports.terms().retryAfter()).isEqualTo(Duration.ofSeconds(9));
				assertThat(pool(context, RunInPool.DEFAULT).pool().size()).isEqualTo(5);
				assertThat(pool(context, RunInPool.DEFAULT).pool().queueCapacity()).isEqualTo(1000);
			});
	}

	@Test
	@DisplayName("H17 H23 no download is cut off unless write-timeout is set, for any pool")
	void slowReadersAreLetBe() {
		this.runner.withPropertyValues("greenroom.pools.reports.size=3").run((context) -> {
			assertThat(pool(context, RunInPool.DEFAULT).terms().writeTimeout()).isZero();
			assertThat(pool(context, "reports").terms().writeTimeout()).isZero();
		});
	}

	@Test
	@DisplayName("A04 the keys of rejections and slow bodies take effect")
	void termsTakeEffect() {
		this.runner
			.withPropertyValues("greenroom.pools.reports.body-timeout=7s", "greenroom.pools.reports.write-timeout=8",
					"greenroom.pools.reports.reject-status=429", "greenroom.pools.reports.retry-after-jitter=4s")
			.run((context) -> {
				PoolTerms terms = pool(context, "reports").terms();
				assertThat(terms.bodyTimeout()).isEqualTo(Duration.ofSeconds(7));
				assertThat(terms.writeTimeout()).isEqualTo(Duration.ofSeconds(8));
				assertThat(terms.status()).isEqualTo(429);
				assertThat(terms.retryAfterJitter()).isEqualTo(Duration.ofSeconds(4));
				assertThat(pool(context, RunInPool.DEFAULT).terms()).isEqualTo(PoolTerms.DEFAULT);
			});
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@CsvSource({ "fixed,false,50", "aimd,true,40", "gradient,true,40" })
	@DisplayName("H10 A04 limit, min-size and max-size decide whether and where the size moves")
	void limits(String limit, boolean adaptive, int size) {
		this.runner
			.withPropertyValues("greenroom.pools.reports.limit=" + limit, "greenroom.pools.reports.size=50",
					"greenroom.pools.reports.min-size=5", "greenroom.pools.reports.max-size=40")
			.run((context) -> {
				assertThat(pool(context, "reports").isAdaptive()).isEqualTo(adaptive);
				assertThat(pool(context, "reports").pool().size()).isEqualTo(size);
				assertThat(pool(context, RunInPool.DEFAULT).isAdaptive()).isFalse();
			});
		this.runner
			.withPropertyValues("greenroom.pools.reports.limit=" + limit, "greenroom.pools.reports.size=1",
					"greenroom.pools.reports.min-size=5")
			.run((context) -> assertThat(pool(context, "reports").pool().size()).isEqualTo(adaptive ? 5 : 1));
	}

	@Test
	@DisplayName("H10 A05 a limit without its library stops the start and names the library")
	void limitWithoutLibrary() {
		assertThatExceptionOfType(InvalidSettingException.class)
			.isThrownBy(() -> ControllerPoolFactory.requireLimits(false, "greenroom.pools.reports", Limit.AIMD))
			.withMessageContaining("greenroom.pools.reports.limit")
			.withMessageContaining("com.netflix.concurrency-limits:concurrency-limits-core");
	}

	@Test
	@DisplayName("A04 size: datasource takes the size of the connection pool, and says what is missing beside another kind")
	void sizedByDataSource() {
		this.runner.withUserConfiguration(SevenConnections.class)
			.withPropertyValues("greenroom.pools.reports.size=datasource")
			.run((context) -> assertThat(pool(context, "reports").pool().size()).isEqualTo(7));
		this.runner.withBean(DataSource.class, () -> mock(DataSource.class))
			.withPropertyValues("greenroom.pools.reports.size=datasource")
			.run((context) -> {
				assertThat(context).hasFailed();
				FailureAnalysis analysis = analyze(new InvalidSettingFailureAnalyzer(), context);
				assertThat(analysis.getDescription()).contains("greenroom.pools.reports.size", "datasource");
				assertThat(analysis.getAction()).contains("HikariDataSource");
			});
	}

	@Test
	@DisplayName("F18 size: datasource starts without a data source too, as in a slice, and says what it took")
	void sizedByNoDataSource(CapturedOutput output) {
		this.runner.withPropertyValues("greenroom.pools.reports.size=datasource")
			.run((context) -> assertThat(pool(context, "reports").pool().size()).isEqualTo(200));
		assertThat(output).contains("greenroom.pools.reports.size is 'datasource', but there is no data source");
	}

	@Test
	@DisplayName("A02 H08 a ControllerPool that is a bean is a pool, in place of one that is configured")
	void poolsThatAreBeans() {
		this.runner
			.withBean("mine", ControllerPool.class,
					() -> new ControllerPool(GreenScheduler.builder().build().pool("mine", 3), PoolTerms.DEFAULT))
			.withPropertyValues("greenroom.pools.mine.size=5", "greenroom.pools.other.size=6")
			.run((context) -> {
				assertThat(pool(context, "mine")).isSameAs(context.getBean("mine"));
				assertThat(pool(context, "other").pool().size()).isEqualTo(6);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "virtual", "platform" })
	@DisplayName("H17 many controllers before few connections are said in the start-up line, and no line is added")
	void fewConnections(String threads, CapturedOutput output) {
		this.runner.withUserConfiguration(SevenConnections.class)
			.withPropertyValues("greenroom.pools.reports.size=datasource", "greenroom.web.server-threads=" + threads)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("There are 7 database connections")
			.contains("set greenroom.pools.default.size=datasource.")
			.doesNotContain("WARN");
	}

	@Test
	void fewConnectionsAreFineForASmallPool(CapturedOutput output) {
		this.runner.withUserConfiguration(SevenConnections.class)
			.withPropertyValues("greenroom.pools.default.size=60")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("database connections");
	}

	@Test
	@DisplayName("H08 @RunInPool where nobody reads it is named in a warning, with the remedy")
	void idleAnnotations(CapturedOutput output) {
		this.runner.withUserConfiguration(NoController.class, Served.class)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("has no effect")
			.contains("NoController'", "add .filter(poolFilters.in(\"...\"))");
	}

	@Test
	@DisplayName("H08 a route's wrong pool name stops the start, too")
	void unknownPoolOfARoute() {
		this.runner.run((context) -> assertThatExceptionOfType(UnknownPoolException.class)
			.isThrownBy(() -> context.getBean(PoolFilters.class).in("nowhere"))
			.withMessageContaining("'nowhere'"));
	}

	@ParameterizedTest(name = "{displayName} [{0}={1}]")
	@CsvSource({ "size,0", "size,-1", "size,many", "queue-capacity,-1", "queue-timeout,-1s", "retry-after,-5ms",
			"body-timeout,-1s", "write-timeout,-1s", "retry-after-jitter,-1s", "reject-status,200" })
	@DisplayName("A04 P04 a wrong size or time stops the start with key, value and what is allowed")
	void wrongValuesStopTheStart(String key, String value) {
		this.runner.withPropertyValues("greenroom.pools.reports." + key + "=" + value).run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = analyze(new InvalidSettingFailureAnalyzer(), context);
			assertThat(analysis.getDescription())
				.isEqualTo("The setting 'greenroom.pools.reports.%s' has the value '%s', which is not valid."
					.formatted(key, value));
			assertThat(analysis.getAction()).startsWith("Set 'greenroom.pools.reports." + key + "' to ");
		});
	}

	@Test
	@DisplayName("H08 a wrong pool name stops the start and names the method, the bean, the pools and the remedy")
	void unknownPoolStopsTheStart() {
		this.runner.withUserConfiguration(Typo.class)
			.withPropertyValues("greenroom.pools.reports.size=2")
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(context.getStartupFailure()).isInstanceOf(UnknownPoolException.class);
				FailureAnalysis analysis = analyze(new UnknownPoolFailureAnalyzer(), context);
				assertThat(analysis.getDescription())
					.isEqualTo("Typo#report of bean 'runInPoolAutoConfigurationTests.Typo' names the pool 'reprots' "
							+ "(@RunInPool), which does not exist. The pools are: default, reports.");
				assertThat(analysis.getAction()).contains("greenroom.pools.reprots.size=10");
			});
	}

	@Test
	void actuatorAndErrorControllersRunInNoPool() {
		this.runner.run((context) -> {
			PoolSelector selector = context.getBean(PoolSelector.class);
			assertThat(selector.select(new HandlerMethod(new OwnErrors(), "show"))).isNull();
			assertThat(selector.select(new HandlerMethod(new DefaultErrorAttributes(), "getError", WebRequest.class)))
				.as("a class of Boot's")
				.isNull();
			assertThat(selector.select(new HandlerMethod(new Typo(), "other"))).isNotNull();
		});
	}

	@Test
	void anApplicationsOwnRegistrationsAreNamedInAWarning(CapturedOutput output) {
		this.runner.withUserConfiguration(OneRegistrations.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.getBean(RequestMappingHandlerAdapter.class)
				.isNotInstanceOf(RunInPoolHandlerAdapter.class));
		assertThat(output).contains("Controllers do NOT run in pools", "[mine]", "Inject RunInPoolAdapters");
	}

	@Test
	void twoRegistrationsAreNamedInAWarning(CapturedOutput output) {
		this.runner.withUserConfiguration(OneRegistrations.class, AnotherRegistrations.class)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Controllers do NOT run in pools", "[mine, another]", "Combine them into one");
	}

	@Test
	void ownRegistrationsThatTakeTheAdapterAreQuiet(CapturedOutput output) {
		this.runner.withUserConfiguration(JoinedRegistrations.class)
			.run((context) -> assertThat(context).getBean(RequestMappingHandlerAdapter.class)
				.isInstanceOf(RunInPoolHandlerAdapter.class));
		assertThat(output).contains("Controllers run in pools").doesNotContain("NOT");
	}

	@Test
	void enableWebMvcIsNamedInAWarning(CapturedOutput output) {
		this.runner.withUserConfiguration(PlainMvc.class).run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("Controllers do NOT run in pools");
	}

	@ParameterizedTest(name = "{displayName} [{0}: {1}]")
	@CsvSource({ "greenroom.web.server-threads=virtual,true", "greenroom.web.server-threads=platform,false",
			"spring.threads.virtual.enabled=false,false", "spring.threads.virtual.enabled=true,false" })
	@DisplayName("A04 server-threads decides unless spring.threads.virtual.enabled does")
	void serverThreads(String property, boolean ours) {
		this.runner.withPropertyValues(property).run((context) -> {
			assertThat(context.containsBean("greenroomTomcatThreads")).isEqualTo(ours);
			assertThat(context.containsBean("greenroomJettyThreads")).isEqualTo(ours);
		});
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(classes = { DispatcherServlet.class, WebMvcRegistrations.class })
	@DisplayName("A05 without Spring MVC the rest works")
	void absent(Class<?> missing) {
		this.runner.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(GreenScheduler.class)
				.doesNotHaveBean(ControllerPools.class));
		new ApplicationContextRunner()
			.withInitializer((context) -> context.getBeanFactory()
				.setConversionService(ApplicationConversionService.getSharedInstance()))
			.withConfiguration(
					AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, RunInPoolAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ControllerPools.class));
	}

	@Test
	@DisplayName("A05 without Tomcat and Jetty the pools work, on whatever threads the server has")
	void withoutServers(CapturedOutput output) {
		this.runner
			.withClassLoader(
					new FilteredClassLoader("org.springframework.boot.tomcat", "org.springframework.boot.jetty"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(ControllerPools.class));
		assertThat(output).contains("server threads as configured").doesNotContain("virtual server threads");
	}

	@Test
	void poolsCloseWithTheContextBeforeTheScheduler() {
		this.runner.run((context) -> {
			ControllerPool pool = pool(context, RunInPool.DEFAULT);
			ControllerPoolsLifecycle lifecycle = context.getBean(ControllerPoolsLifecycle.class);
			assertThat(lifecycle.getPhase()).as("while the server lets its requests finish")
				.isEqualTo(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE)
				.isGreaterThan(GreenSchedulerLifecycle.PHASE);
			assertThat(lifecycle.isPauseable()).isFalse();
			context.close();
			assertThat(pool.pool().active()).isZero();
			org.assertj.core.api.Assertions.assertThatExceptionOfType(PoolClosedException.class)
				.isThrownBy(() -> pool.pool().reserve());
		});
	}

	private static FailureAnalysis analyze(FailureAnalyzer analyzer, AssertableWebApplicationContext context) {
		return Objects.requireNonNull(analyzer.analyze(Objects.requireNonNull(context.getStartupFailure())));
	}

	private static ControllerPool pool(AssertableWebApplicationContext context, String name) {
		return Objects.requireNonNull(context.getBean(ControllerPools.class).find(name));
	}

	static class OwnErrors implements ErrorController {

		public void show() {
		}

	}

	@RestController
	static class Typo {

		public void other() {
		}

		@RunInPool("reprots")
		@GetMapping("/report")
		String report() {
			return "report";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SevenConnections {

		@Bean
		HikariDataSource dataSource() {
			HikariDataSource dataSource = new HikariDataSource();
			dataSource.setMaximumPoolSize(7);
			return dataSource;
		}

	}

	static class NoController {

		@RunInPool("default")
		public void work() {
		}

	}

	@RestController
	@RunInPool("default")
	static class Served {

		@GetMapping("/served")
		String served() {
			return "served";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnPools {

		@Bean
		ControllerPools pools(GreenScheduler scheduler) {
			return new ControllerPools(java.util.Map.of(RunInPool.DEFAULT,
					new ControllerPool(scheduler.pool("own", 3), PoolTerms.DEFAULT)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OneRegistrations {

		@Bean
		WebMvcRegistrations mine() {
			return new WebMvcRegistrations() {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnotherRegistrations {

		@Bean
		WebMvcRegistrations another() {
			return new WebMvcRegistrations() {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class JoinedRegistrations {

		@Bean
		WebMvcRegistrations joined(RunInPoolAdapters adapters) {
			return new WebMvcRegistrations() {

				@Override
				public RequestMappingHandlerAdapter getRequestMappingHandlerAdapter() {
					return adapters.create();
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebMvc
	@Import(TaskExecutionAutoConfiguration.class)
	static class PlainMvc {

	}

}
