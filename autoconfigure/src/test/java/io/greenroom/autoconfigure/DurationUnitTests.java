package io.greenroom.autoconfigure;

import java.lang.reflect.Parameter;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.DurationUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** A length of time without a unit is meant in seconds, by each key. */
class DurationUnitTests {

	@Test
	@DisplayName("A04 each length of time in the settings is in seconds where no unit is given")
	void everyDurationHasSeconds() {
		List<Parameter> durations = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
			.importPackages("io.greenroom.autoconfigure")
			.stream()
			.map((type) -> type.reflect())
			.filter((type) -> type.isRecord() && isSettings(type))
			.flatMap((type) -> Stream.of(type.getDeclaredConstructors()))
			.filter((constructor) -> constructor.getParameterCount() > 0)
			.flatMap((constructor) -> Stream.of(constructor.getParameters()))
			.filter((parameter) -> parameter.getType() == Duration.class)
			.toList();
		assertThat(durations).hasSizeGreaterThan(8).allSatisfy((parameter) -> {
			assertThat(parameter.getAnnotation(DurationUnit.class))
				.as("%s of %s", parameter, parameter.getDeclaringExecutable())
				.isNotNull();
			assertThat(parameter.getAnnotation(DurationUnit.class).value()).isEqualTo(ChronoUnit.SECONDS);
		});
	}

	private static boolean isSettings(Class<?> type) {
		Class<?> outermost = (type.getEnclosingClass() != null) ? type.getEnclosingClass() : type;
		return outermost.isAnnotationPresent(ConfigurationProperties.class);
	}

	@Test
	@DisplayName("A04 queue-timeout: 5 is five seconds, and a unit that is given counts")
	void binds() {
		Binder binder = new Binder(new MapConfigurationPropertySource(Map.of("greenroom.pools.one.queue-timeout", "5",
				"greenroom.pools.one.retry-after", "250ms", "greenroom.deferred.timeout", "7")));
		PoolsProperties.Pool one = binder.bind("greenroom", PoolsProperties.class).get().pools().get("one");
		assertThat(one.queueTimeout()).hasSeconds(5);
		assertThat(one.retryAfter()).hasMillis(250);
		assertThat(binder.bind("greenroom.deferred", DeferredProperties.class).get().timeout()).hasSeconds(7);
	}

}
