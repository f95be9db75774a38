package io.greenroom.trace.internal;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.greenroom.autoconfigure.GreenroomContextAutoConfiguration;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.OnewayPhase;
import io.greenroom.state.State;
import io.greenroom.state.StateMachines;
import io.greenroom.testkit.Until;
import io.greenroom.trace.HandlerCallContext;
import io.greenroom.trace.HandlerCallConvention;
import io.greenroom.trace.StateBodyContext;
import io.greenroom.trace.StateBodyConvention;
import io.micrometer.common.KeyValues;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/** One request, across threads, as a tracer sees it. */
@Timeout(120)
class TracesTests {

	private static ConfigurableApplicationContext run(Class<?>... types) {
		List<Class<?>> all = new ArrayList<>(List.of(Application.class));
		all.addAll(List.of(types));
		return new SpringApplicationBuilder(all.toArray(Class<?>[]::new)).run("--server.port=0",
				"--server.address=127.0.0.1", "--spring.main.banner-mode=off", "--spring.jmx.enabled=false");
	}

	private static void order(ConfigurableApplicationContext context) throws Exception {
		String port = Objects.requireNonNull(context.getEnvironment().getProperty("local.server.port"));
		try (HttpClient client = HttpClient.newHttpClient()) {
			HttpResponse<String> answer = client
				.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/order"))
					.timeout(Duration.ofSeconds(30))
					.build(), HttpResponse.BodyHandlers.ofString());
			assertThat(answer.body()).isEqualTo("ordered");
		}
	}

	private static List<SimpleSpan> spans(ConfigurableApplicationContext context) {
		return List.copyOf(context.getBean(SimpleTracer.class).getSpans());
	}

	private static SimpleSpan span(ConfigurableApplicationContext context, String name) {
		Until.until("the span " + name + " to have ended",
				() -> spans(context).stream().anyMatch((span) -> name.equals(span.getName()) && isEnded(span)));
		return spans(context).stream().filter((span) -> name.equals(span.getName())).findFirst().orElseThrow();
	}

	private static boolean isEnded(SimpleSpan span) {
		return span.getEndTimestamp().toEpochMilli() > 0;
	}

	private static void isChild(SimpleSpan child, SimpleSpan parent) {
		assertThat(child.context().traceId()).isEqualTo(parent.context().traceId());
		assertThat(child.context().parentId()).as("parent of " + child.getName()).isEqualTo(parent.context().spanId());
	}

	@Test
	@DisplayName("M10 controller, handler, handler, state and oneway after commit are one trace, across their threads")
	void oneTrace() throws Exception {
		try (ConfigurableApplicationContext context = run()) {
			order(context);
			SimpleSpan controller = span(context, "http get /order");
			SimpleSpan desk = span(context, "desk.order");
			SimpleSpan stock = span(context, "stock.take");
			SimpleSpan state = span(context, "Parcel.packed");
			SimpleSpan mail = span(context, "mails.send");
			isChild(desk, controller);
			isChild(stock, desk);
			isChild(state, stock);
			isChild(mail, state);
			assertThat(desk.getTags()).containsEntry("handler", "desk")
				.containsEntry("method", "order")
				.containsEntry("mode", "sync");
			assertThat(mail.getTags()).containsEntry("mode", "oneway");
			assertThat(state.getTags()).containsEntry("machine", Parcel.class.getName())
				.containsEntry("state", "packed");
			// After the commit, which the state's body had to come to.
			assertThat(mail.getStartTimestamp()).isAfterOrEqualTo(state.getStartTimestamp());
			assertThat(spans(context)).extracting(SimpleSpan::getError).containsOnlyNulls();
		}
	}

	@Test
	@DisplayName("M10 names and key values are those of the application's conventions, if it has any")
	void conventions() throws Exception {
		try (ConfigurableApplicationContext context = run(Named.class)) {
			order(context);
			assertThat(span(context, "call desk").getTags()).containsEntry("shop", "corner")
				.doesNotContainKey("handler");
			assertThat(span(context, "body packed").getTags()).isEmpty();
		}
	}

	@ParameterizedTest
	@CsvSource({ "true, true, true", "true, false, true", "false, true, false", "'', true, true", "'', false, false" })
	@DisplayName("M10 calls are observed where that is asked for, or there is a tracer, and otherwise nobody stands round a body")
	void onlyWhereWanted(String setting, boolean tracer, boolean observed) {
		ApplicationContextRunner runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(GreenroomContextAutoConfiguration.class))
			.withPropertyValues(setting.isEmpty() ? "no=thing" : "greenroom.observations.enabled=" + setting);
		(tracer ? runner : runner.withClassLoader(new FilteredClassLoader("io.micrometer.tracing")))
			.run((context) -> assertThat(context.getBeansOfType(TraceObserver.class)).hasSize(observed ? 1 : 0));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = {
			"org.springframework.boot.jetty.autoconfigure.actuate.web.server.JettyServletManagementContextAutoConfiguration",
			"org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration" })
	static class Application {

		@Bean
		SimpleTracer tracer() {
			return new SimpleTracer();
		}

		@Bean
		DefaultTracingObservationHandler tracing(SimpleTracer tracer) {
			return new DefaultTracingObservationHandler(tracer);
		}

		@Bean
		PlatformTransactionManager transactions() {
			return new NoResource();
		}

		@Bean
		Orders orders(Desk desk) {
			return new Orders(desk);
		}

		@Bean
		Desk desk() {
			return new Desk();
		}

		@Bean
		Stock stock() {
			return new Stock();
		}

		@Bean
		Mails mails() {
			return new Mails();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Named {

		@Bean
		HandlerCallConvention calls() {
			return new HandlerCallConvention() {

				@Override
				public String getName() {
					return "shop.call";
				}

				@Override
				public String getContextualName(HandlerCallContext context) {
					return "call " + context.handler();
				}

				@Override
				public KeyValues getLowCardinalityKeyValues(HandlerCallContext context) {
					return KeyValues.of("shop", "corner");
				}

			};
		}

		@Bean
		StateBodyConvention states() {
			return new StateBodyConvention() {

				@Override
				public String getName() {
					return "shop.body";
				}

				@Override
				public String getContextualName(StateBodyContext context) {
					return "body " + context.state();
				}

			};
		}

	}

	@RestController
	static class Orders {

		private final Desk desk;

		Orders(Desk desk) {
			this.desk = desk;
		}

		@GetMapping("/order")
		String order() {
			return this.desk.order();
		}

	}

	@DeferredHandler
	static class Desk {

		@Autowired
		private Stock stock;

		String order() {
			return this.stock.take();
		}

	}

	@DeferredHandler
	static class Stock {

		@Autowired
		private StateMachines machines;

		@Autowired
		private Mails mails;

		@Autowired
		private PlatformTransactionManager transactions;

		String take() {
			this.machines.create(Parcel.class).packed(this.mails, new TransactionTemplate(this.transactions));
			return "ordered";
		}

	}

	@DeferredHandler
	static class Mails {

		@Oneway(phase = OnewayPhase.AFTER_COMMIT)
		void send() {
		}

	}

	static class Parcel {

		@State(initial = true)
		void packed(Mails mails, TransactionTemplate transaction) {
			transaction.executeWithoutResult((status) -> mails.send());
		}

	}

	/** Has transactions that nothing takes part in. */
	static class NoResource extends AbstractPlatformTransactionManager {

		private static final long serialVersionUID = 1L;

		@Override
		protected Object doGetTransaction() {
			return new Object();
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
		}

	}

}
