package io.greenroom.autoconfigure;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;

import static org.assertj.core.api.Assertions.assertThat;

class MissingDeferredFailureAnalyzerTests {

	private final AtomicReference<BeanFactory> beans = new AtomicReference<>();

	private final ApplicationContextRunner slice = new ApplicationContextRunner()
		.withInitializer((context) -> this.beans.set(context.getBeanFactory()));

	private final ApplicationContextRunner whole = this.slice.withConfiguration(
			AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class));

	@Test
	@DisplayName("F18 a handle that is missing in a slice is told with the auto-configurations to import")
	void inSlice() {
		this.slice.withUserConfiguration(Orders.class, Asking.class).run((context) -> {
			FailureAnalysis analysis = firstAnalysis(this.beans.get(), context.getStartupFailure());
			assertThat(analysis.getDescription()).contains("Deferred<Orders>", "test slice",
					"greenroom.deferred.enabled");
			assertThat(analysis.getAction()).contains("@ImportAutoConfiguration", "GreenSchedulerAutoConfiguration",
					"DeferredAutoConfiguration", "@Import(Orders.class)");
		});
		this.whole.withUserConfiguration(Orders.class, Asking.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	@DisplayName("F18 a handle of a bean that is no handler, and of one that is not there, is told by its type")
	void noHandler() {
		this.whole.withUserConfiguration(AskingForPlain.class, Plain.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("is not a handler; annotate it with @DeferredHandler"));
		this.whole.withUserConfiguration(Asking.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining(Orders.class.getName()));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("F18 other missing beans are left to Boot's own analyzer")
	void others(boolean handlers) {
		(handlers ? this.whole : this.slice).withUserConfiguration(AskingForOther.class)
			.run((context) -> assertThat(
					new MissingDeferredFailureAnalyzer(this.beans.get()).analyze(context.getStartupFailure()))
				.isNull());
	}

	/** Asks as Spring Boot does. */
	private static FailureAnalysis firstAnalysis(BeanFactory beanFactory, Throwable failure) {
		return SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, ArgumentResolver.of(BeanFactory.class, beanFactory),
					(type, name, problem) -> assertThat(name).doesNotContain("greenroom"))
			.stream()
			.map((analyzer) -> analyzer.analyze(failure))
			.filter(Objects::nonNull)
			.findFirst()
			.orElseThrow();
	}

	@DeferredHandler
	static class Orders {

	}

	static class Plain {

	}

	record Asking(Deferred<Orders> orders) {

	}

	record AskingForPlain(Deferred<Plain> plain) {

	}

	record AskingForOther(Runnable other) {

	}

}
