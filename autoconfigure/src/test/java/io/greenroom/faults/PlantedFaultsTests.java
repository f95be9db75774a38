package io.greenroom.faults;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The planted faults still fit the code and the tests. Whether the tests notice them is
 * what {@link PlantedFaults} shows.
 */
class PlantedFaultsTests {

	private static final Pattern ID = Pattern.compile("\\b[A-Z]\\d\\d\\b");

	@Test
	void namesAreUnique() {
		assertThat(Faults.all()).hasSizeGreaterThanOrEqualTo(60).extracting(Fault::name).doesNotHaveDuplicates();
	}

	static List<Fault> faults() {
		return Faults.all();
	}

	@ParameterizedTest
	@MethodSource("faults")
	void isFoundOnce(Fault fault) {
		String source = Plot.source(fault);
		assertThat(fault.occurrences(source)).as("occurrences in %s of: %s", fault.file(), fault.text()).isEqualTo(1);
		assertThat(fault.plantIn(source)).isNotEqualTo(source);
	}

	@ParameterizedTest
	@MethodSource("faults")
	void itsTestsCheckWhatItBreaks(Fault fault) {
		assertThat(fault.tests()).isNotEmpty();
		assertThat(fault.rows()).isNotEmpty();
		for (String test : fault.tests()) {
			assertThat(NamedTests.methods(test)).as(test).isNotEmpty().anyMatch(PlantedFaultsTests::isTest);
		}
		Set<String> checked = fault.tests()
			.stream()
			.flatMap((test) -> NamedTests.methods(test).stream())
			.flatMap(PlantedFaultsTests::ids)
			.collect(Collectors.toSet());
		assertThat(checked).as("ids in the @DisplayName of %s", fault.tests()).containsAll(fault.rows());
	}

	private static boolean isTest(Method method) {
		return Arrays.stream(method.getAnnotations())
			.anyMatch((annotation) -> annotation.annotationType().getName().startsWith("org.junit.jupiter."));
	}

	private static Stream<String> ids(Method method) {
		DisplayName name = method.getAnnotation(DisplayName.class);
		return (name != null) ? ID.matcher(name.value()).results().map(MatchResult::group) : Stream.of();
	}

}
