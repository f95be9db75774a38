package io.greenroom.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.greenroom.web.RunInPool;
import io.greenroom.web.internal.ControllerPools;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.test.util.TestPropertyValues.Type;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Settings are bound when they are used, or at the start if any is set. */
class SettingsCheckTests {

	private static final Map<String, Class<?>> SETTINGS = Map.of("greenroom.deferred", DeferredProperties.class,
			"greenroom.deferred.restart", DeferredProperties.Restart.class, "greenroom.keyed", KeyedProperties.class,
			"greenroom.state", StateProperties.class, "greenroom.web", WebProperties.class,
			"greenroom.pools.some-reports", PoolsProperties.Pool.class);

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withInitializer((context) -> context.getBeanFactory()
			.setConversionService(ApplicationConversionService.getSharedInstance()))
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
				StateAutoConfiguration.class, RunInPoolAutoConfiguration.class,
				DispatcherServletAutoConfiguration.class, WebMvcAutoConfiguration.class));

	@Test
	@DisplayName("A04 where nothing is set the settings are what binding an empty environment gives")
	void defaults() {
		Binder empty = new Binder();
		assertThat(WebProperties.of(environment(), none(WebProperties.class)))
			.isEqualTo(empty.bindOrCreate("greenroom.web", WebProperties.class));
		PoolsProperties pools = PoolsProperties.of(environment(), none(PoolsProperties.class));
		assertThat(pools).isEqualTo(empty.bindOrCreate("greenroom", PoolsProperties.class));
		assertThat(pools.pools()).containsOnly(Map.entry(RunInPool.DEFAULT,
				empty.bindOrCreate("greenroom.pools.default", PoolsProperties.Pool.class)));
	}

	@Test
	@DisplayName("A04 any key is seen in every form that it may be written in, and from a source that can't list its keys")
	void everyFormOfEveryKey() {
		SETTINGS.forEach((prefix, type) -> {
			String part = String.join(".", List.of(prefix.split("\\.")).subList(0, 2));
			for (RecordComponent setting : type.getRecordComponents()) {
				for (PropertySource<?> source : sources(prefix, setting.getName())) {
					assertThat(SettingsCheck.isAnySet(part, environment(source))).as("%s", source.getSource()).isTrue();
					assertThat(SettingsCheck.isAnySet("greenroom.other", environment(source)))
						.as("other than %s", source.getSource())
						.isEqualTo(source.getName().equals("unlisted"));
				}
			}
			assertThat(SettingsCheck.isAnySet(part, environment())).isFalse();
			assertThat(SettingsCheck.isAnySet(part,
					environment(new MapPropertySource("near", Map.of(part + "s.x", "1", part.replace(".", ""), "1")))))
				.isFalse();
			assertThat(SettingsCheck.isAnySet(part, environment(new MapPropertySource("itself", Map.of(part, "1")))))
				.isTrue();
		});
	}

	@ParameterizedTest
	@CsvSource({ "greenroom.deferred.busyLimit, -1s, greenroom.deferred.busy-limit",
			"GREENROOM_DEFERRED_RESTART_LIMIT, -1, greenroom.deferred.restart.limit",
			"GREENROOM_KEYED_MAXACTIVE, 0, greenroom.keyed.max-active",
			"greenroom.keyed.max_active, 0, greenroom.keyed.max-active",
			"GREENROOM_STATE_HISTORYSIZE, -1, greenroom.state.history-size",
			"greenroom.state.stopTimeout, 0s, greenroom.state.stop-timeout",
			"GREENROOM_STATE_IN_TRANSACTION, perhaps, perhaps", "greenroom.web.serverThreads, cotton, cotton",
			"GREENROOM_WEB_MODE, leap, leap", "greenroom.pools.reports.queueCapacity, -1, reports.queue-capacity",
			"GREENROOM_POOLS_REPORTS_BODYTIMEOUT, -1s, reports.body-timeout",
			"greenroom.pools, many, greenroom.pools" })
	@DisplayName("A04 a wrong value stops the start also where nothing uses the setting, however the key is written")
	void wrongValues(String key, String value, String named) {
		boolean variable = key.startsWith("GREENROOM");
		this.runner
			// So that nothing of the pools is asked for.
			.withBean(ControllerPools.class, () -> new ControllerPools(Map.of()))
			.withInitializer((context) -> TestPropertyValues.of(key + "=" + value)
				.applyTo(context.getEnvironment(), variable ? Type.SYSTEM_ENVIRONMENT : Type.MAP))
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(context).getFailure().satisfies((failure) -> {
				List<String> told = new ArrayList<>();
				for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
					told.add(String.valueOf(cause.getMessage()));
				}
				assertThat(told).anySatisfy((message) -> assertThat(message).contains(named));
			}));
	}

	@Test
	@DisplayName("A03 settings of a part that is switched off may be wrong")
	void switchedOff() {
		this.runner
			.withPropertyValues("greenroom.deferred.enabled=false", "greenroom.deferred.capacity=0",
					"greenroom.keyed.max-active=0", "greenroom.state.enabled=false", "greenroom.state.history-size=-1",
					"greenroom.web.enabled=false", "greenroom.web.mode=leap", "greenroom.pools.reports.size=0")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	private static List<PropertySource<?>> sources(String prefix, String setting) {
		String dashed = setting.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
		List<PropertySource<?>> sources = new ArrayList<>();
		for (String key : List.of(prefix + "." + dashed, prefix + "." + setting,
				prefix + "." + dashed.replace('-', '_'), (prefix + "." + dashed).toUpperCase(Locale.ROOT))) {
			sources.add(new MapPropertySource("listed", Map.of(key, "1")));
			sources.add(new PropertySource<>("unlisted", key) {

				@Override
				public Object getProperty(String name) {
					return name.equals(getSource()) ? "1" : null;
				}

			});
		}
		String variable = prefix.replace("-", "").replace('.', '_') + "_";
		for (String key : List.of(variable + setting, variable + dashed.replace('-', '_'))) {
			for (String name : List.of(key, key.toUpperCase(Locale.ROOT))) {
				sources.add(new SystemEnvironmentPropertySource("systemEnvironment", Map.of(name, "1")));
			}
		}
		return sources;
	}

	/** One without the variables and properties of the machine that tests. */
	private static StandardEnvironment environment(PropertySource<?>... sources) {
		return new StandardEnvironment() {

			@Override
			protected void customizePropertySources(MutablePropertySources all) {
				for (PropertySource<?> source : sources) {
					all.addLast(source);
				}
			}

		};
	}

	private static <T> ObjectProvider<T> none(Class<T> type) {
		return new DefaultListableBeanFactory().getBeanProvider(type);
	}

	@Test
	@DisplayName("A04 the watch over carriers has the same limits whether or not its settings are read")
	void watchWithoutSettings() {
		assertThat(new Binder().bindOrCreate("greenroom.watch", WatchProperties.class))
			.isEqualTo(WatchProperties.DEFAULT);
	}

}
