package io.greenroom.classpath;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import io.greenroom.testkit.ForkedJvm;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs a real application, in a JVM of its own, on a class path that lacks one family of
 * optional libraries. What must be in is read from {@code AutoConfiguration.imports}, so
 * that a new part is covered without a change here.
 * <p>
 * A family that the tests do not have on their class path either is one that every other
 * test goes without; it gets its own run as soon as a part brings it in.
 */
class OptionalClassPathTests {

	/** Two at a time, as each waits for its disk and its compilers now and then. */
	private static final Map<Family, Future<String>> RUNS = new EnumMap<>(Family.class);

	@BeforeAll
	static void startAll() {
		ExecutorService threads = Executors.newFixedThreadPool(2, Thread.ofPlatform().daemon().factory());
		families().forEach((family) -> RUNS.put(family,
				threads.submit(() -> ForkedJvm.run(WholeApplication.class, (jar) -> !family.brings(jar)))));
		threads.shutdown();
	}

	@ParameterizedTest
	@MethodSource("families")
	@DisplayName("A05 without one optional family the application starts with all that does not need it")
	void startsWithout(Family family) throws Exception {
		String present = RUNS.get(family).get();
		assertThat(present.split(",")).containsExactlyInAnyOrderElementsOf(
				ours().filter((name) -> family.needing.stream().noneMatch(simpleName(name)::contains)).toList());
	}

	static Stream<Family> families() {
		return Arrays.stream(Family.values()).filter((family) -> ForkedJvm.jars().anyMatch(family::brings));
	}

	@Test
	@DisplayName("A01 with all libraries there all parts are in, no property needed")
	void startsWithEverything() throws Exception {
		String present = ForkedJvm.run(WholeApplication.class, (jar) -> true);
		assertThat(present.split(",")).containsExactlyInAnyOrderElementsOf(ours().toList());
	}

	@Test
	@DisplayName("U05 U07 the annotation and the assertions work with JUnit and AssertJ, without Spring")
	void testsRunWithoutSpring() throws Exception {
		assertThat(ForkedJvm.run(PlainTests.class,
				(jar) -> jar
					.matches("(slf4j-api|jspecify|junit-.*|opentest4j|apiguardian-api|assertj-core|byte-buddy)-\\d.*")))
			.isEqualTo("1 passed");
	}

	@Test
	@DisplayName("A05 the core, and what needs no framework in tests, run on the JDK, JSpecify and SLF4J alone")
	void coreRunsWithoutSpring() throws Exception {
		assertThat(ForkedJvm.run(PlainApplication.class, (jar) -> jar.matches("(slf4j-api|jspecify)-\\d.*")))
			.isEqualTo("sung");
	}

	/** All but the cluster, which is a decision: it waits for its key. */
	private static Stream<String> ours() {
		return ImportCandidates.load(AutoConfiguration.class, OptionalClassPathTests.class.getClassLoader())
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("io.greenroom.") && !name.endsWith(".ClusterAutoConfiguration"));
	}

	private static String simpleName(String type) {
		return type.substring(type.lastIndexOf('.') + 1);
	}

	/** The families, by their jars. */
	enum Family {

		SPRING_MVC(
				"(spring-web|spring-webmvc|spring-boot-(webmvc|web-server|servlet|tomcat|jetty|http-.*)|(tomcat|jetty)-.*|jakarta.servlet-api|spring-security-web)",
				"RunInPool", "Web"),

		JETTY("(spring-boot-jetty|jetty-.*)"),

		HIKARI("HikariCP"),

		CONCURRENCY_LIMITS("concurrency-limits-core"),

		ACTUATOR("spring-boot-(actuator|health).*", "Endpoint", "Health"),

		MICROMETER("(micrometer-(core|jakarta9|registry-.*)|spring-boot-micrometer-metrics.*)", "Metrics"),

		CONTEXT_PROPAGATION("context-propagation", "Context"),

		JDBC("(spring-(jdbc|tx)|spring-boot-(jdbc|transaction|sql).*)", "Durable"),

		SECURITY("spring-(boot-)?security.*");

		private final String jars;

		/** What the names of auto-configurations that can't be without it contain. */
		private final List<String> needing;

		Family(String jars, String... needing) {
			this.jars = jars;
			this.needing = List.of(needing);
		}

		private boolean brings(String jar) {
			return jar.matches(this.jars + "-\\d.*");
		}

	}

}
