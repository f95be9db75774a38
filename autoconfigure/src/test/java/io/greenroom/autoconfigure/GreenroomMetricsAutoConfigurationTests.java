package io.greenroom.autoconfigure;

import io.greenroom.green.GreenScheduler;
import io.greenroom.metrics.internal.MeterObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MeterRegistryCustomizer;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class GreenroomMetricsAutoConfigurationTests {

	private final ApplicationContextRunner greenroom = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, GreenroomMetricsAutoConfiguration.class));

	private final ApplicationContextRunner boot = this.greenroom
		.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class));

	@Test
	@DisplayName("A01 with a registry of the user's the meters are there, no property needed")
	void bindsToAUsersRegistry() {
		this.greenroom.withBean(SimpleMeterRegistry.class).run((context) -> {
			context.getBean(GreenScheduler.class).spawn(() -> "done").join();
			assertThat(spawned(context.getBean(MeterRegistry.class))).isOne();
		});
	}

	@Test
	@DisplayName("A01 with Boot's metrics the meters are there, filters and common tags applied")
	void bindsToBootsRegistry() {
		this.boot.withUserConfiguration(Customized.class).run((context) -> {
			context.getBean(GreenScheduler.class).spawn(() -> "done").join();
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.get("greenroom.threads.spawned").tag("region", "stalls").functionCounter().count())
				.isOne();
			assertThat(registry.find("greenroom.threads.live").gauge()).isNull();
		});
	}

	@Test
	void bindsToThePrimaryOfSeveralRegistries() {
		this.boot.withUserConfiguration(TwoRegistries.class).run((context) -> {
			context.getBean(GreenScheduler.class).spawn(() -> "done").join();
			assertThat(context.getBean(MeterRegistry.class)).isInstanceOf(CompositeMeterRegistry.class);
			assertThat(spawned(context.getBean(MeterRegistry.class))).isOne();
			assertThat(spawned(context.getBean("first", MeterRegistry.class))).isOne();
			assertThat(spawned(context.getBean("second", MeterRegistry.class))).isOne();
		});
	}

	@Test
	@DisplayName("A05 a scheduler asked for by a post-processor does not make the registry before its time")
	void earlySchedulerDoesNotMakeTheRegistryEarly(CapturedOutput output) {
		this.boot.withUserConfiguration(Customized.class, EarlyScheduler.class).run((context) -> {
			assertThat(context).hasNotFailed();
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.get("greenroom.threads.spawned").tag("region", "stalls").functionCounter().count())
				.isOne();
			assertThat(output).doesNotContain("MeterRegistry' of type").doesNotContain("simpleMeterRegistry");
		});
	}

	@Test
	void binderThatUsesTheSchedulerMakesNoCycle() {
		this.boot.withUserConfiguration(BinderOnScheduler.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(MeterRegistry.class).get("stage.live").gauge().value()).isZero();
			assertThat(spawned(context.getBean(MeterRegistry.class))).isZero();
		});
	}

	@Test
	void bindsInALazyContext() {
		this.boot
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				context.getBean(GreenScheduler.class).spawn(() -> "done").join();
				assertThat(spawned(context.getBean(MeterRegistry.class))).isOne();
			});
	}

	@Test
	@DisplayName("A02 backs off to a user's own observer")
	void backsOff() {
		MeterRegistry own = new SimpleMeterRegistry();
		this.boot.withBean("mine", MeterObserver.class, () -> new MeterObserver(own)).run((context) -> {
			assertThat(context).hasSingleBean(MeterObserver.class).hasBean("mine");
			context.getBean(GreenScheduler.class).spawn(() -> "done").join();
			assertThat(spawned(own)).isOne();
			assertThat(context.getBean(MeterRegistry.class).find("greenroom.threads.spawned").meter()).isNull();
		});
	}

	@Test
	@DisplayName("A03 greenroom.metrics.enabled=false leaves nothing of the meters")
	void off() {
		this.boot.withPropertyValues("greenroom.metrics.enabled=false").run((context) -> {
			assertThat(context).hasSingleBean(GreenScheduler.class);
			assertNothing(context);
			assertThat(
					context.getBean(MeterRegistry.class).getMeters().stream().map((meter) -> meter.getId().getName()))
				.noneMatch((name) -> name.startsWith("greenroom"));
		});
	}

	@Test
	@DisplayName("A03 without the scheduler there is nothing to meter")
	void offWithTheScheduler() {
		this.boot.withPropertyValues("greenroom.scheduler.enabled=false")
			.run(GreenroomMetricsAutoConfigurationTests::assertNothing);
	}

	@Test
	@DisplayName("A05 without a registry the rest works and nothing of the meters is there")
	void withoutRegistry() {
		this.greenroom.run((context) -> {
			assertThat(context.getBean(GreenScheduler.class).spawn(() -> "done").get()).isEqualTo("done");
			assertNothing(context);
		});
	}

	@Test
	@DisplayName("A05 without Micrometer the rest works and nothing of the meters is there")
	void withoutMicrometer() {
		this.greenroom.withClassLoader(new FilteredClassLoader("io.micrometer")).run((context) -> {
			assertThat(context.getBean(GreenScheduler.class).spawn(() -> "done").get()).isEqualTo("done");
			assertNothing(context);
		});
	}

	private static void assertNothing(AssertableApplicationContext context) {
		assertThat(context).hasNotFailed()
			.doesNotHaveBean(MeterObserver.class)
			.doesNotHaveBean(GreenroomMetricsAutoConfiguration.class)
			.doesNotHaveBean("greenroomMeterBinding");
	}

	private static double spawned(MeterRegistry registry) {
		return registry.get("greenroom.threads.spawned").functionCounter().count();
	}

	@Configuration(proxyBeanMethods = false)
	static class Customized {

		@Bean
		MeterRegistryCustomizer<MeterRegistry> region() {
			return (registry) -> registry.config().commonTags("region", "stalls");
		}

		@Bean
		MeterFilter noLive() {
			return MeterFilter.denyNameStartsWith("greenroom.threads.live");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoRegistries {

		@Bean
		MeterRegistry first() {
			return new SimpleMeterRegistry();
		}

		@Bean
		MeterRegistry second() {
			return new SimpleMeterRegistry();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EarlyScheduler {

		@Bean
		static BeanPostProcessor early(GreenScheduler scheduler) throws InterruptedException {
			scheduler.spawn(() -> "early").join();
			return new BeanPostProcessor() {
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BinderOnScheduler {

		@Bean
		MeterBinder stage(GreenScheduler scheduler) {
			return (registry) -> registry.gauge("stage.live", scheduler, (stage) -> 0);
		}

	}

}
