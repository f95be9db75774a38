package io.greenroom.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.deferred.ReadOnly;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/** The largest values of handlers' settings. */
@Timeout(120)
class LongestSettingsTests {

	private static final List<String> DURATIONS = List.of("999999d", Long.MAX_VALUE + "s", Long.MAX_VALUE + "ns",
			"PT" + Long.MAX_VALUE + "S", String.valueOf(Integer.MAX_VALUE));

	private static final List<String> NUMBERS = List.of(String.valueOf(Integer.MAX_VALUE), "1073741825", "65536");

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class));

	static List<String> settings() {
		List<String> settings = new ArrayList<>();
		collect("greenroom.deferred.", DeferredProperties.class, settings);
		return settings;
	}

	private static void collect(String prefix, Class<?> type, List<String> settings) {
		for (RecordComponent component : type.getRecordComponents()) {
			String key = prefix + DataObjectPropertyName.toDashedForm(component.getName());
			if (component.getType().isRecord()) {
				collect(key + ".", component.getType(), settings);
			}
			List<String> values = (component.getType() == Duration.class) ? DURATIONS
					: (component.getType() == int.class) ? NUMBERS : List.of();
			values.forEach((value) -> settings.add(key + "=" + value));
		}
	}

	@Test
	@DisplayName("F06 each length of time and size of handlers is among those tried")
	void allAreTried() {
		assertThat(settings().stream().map((setting) -> setting.substring(0, setting.indexOf('='))).distinct())
			.contains("greenroom.deferred.capacity", "greenroom.deferred.timeout", "greenroom.deferred.busy-limit",
					"greenroom.deferred.restart.backoff", "greenroom.deferred.readers");
	}

	@ParameterizedTest
	@MethodSource("settings")
	@DisplayName("F06 the largest values of handlers' settings work to their end, or the start is rejected and names the key")
	void largestValues(String setting) {
		String key = setting.substring(0, setting.indexOf('='));
		this.runner.withPropertyValues(setting, "spring.lifecycle.timeout-per-shutdown-phase=5s")
			.withBean(Desk.class)
			.withBean(Looped.class)
			.run((context) -> {
				if (context.getStartupFailure() != null) {
					assertThat(context.getStartupFailure()).hasStackTraceContaining(key);
					return;
				}
				Desk desk = context.getBean(Desk.class);
				assertThat(desk.work()).isOne();
				assertThat(desk.size()).isOne();
				@SuppressWarnings("unchecked")
				Deferred<Desk> handle = (Deferred<Desk>) context.getBeanProvider(Deferred.class)
					.stream()
					.filter((one) -> one.toString().toLowerCase(java.util.Locale.ROOT).contains("desk"))
					.findFirst()
					.orElseThrow();
				handle.oneway().work();
				assertThat(handle.async(Desk::work).get(20, TimeUnit.SECONDS)).isEqualTo(3);
				assertThat(handle.sync(Duration.ofSeconds(Long.MAX_VALUE)).work()).isEqualTo(4);
				assertThat(Stream.generate(context.getBean(Looped.class)::work).limit(3)).containsExactly(1, 2, 3);
			});
	}

	@DeferredHandler
	static class Desk {

		private int worked;

		int work() {
			return ++this.worked;
		}

		@ReadOnly
		int size() {
			return this.worked;
		}

	}

	@DeferredHandler
	static class Looped {

		private int worked;

		int work() {
			return ++this.worked;
		}

		@ProcessingLoop
		void loop(DeferredCalls calls) {
			while (!calls.isClosing()) {
				calls.process(Duration.ofMillis(50));
			}
		}

	}

}
