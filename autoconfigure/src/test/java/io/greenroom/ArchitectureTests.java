package io.greenroom;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** Holds the package table: who may know whom. */
@AnalyzeClasses(packages = "io.greenroom", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String[] PLAIN = { "java..", "org.jspecify..", "org.slf4j.." };

	private static final String[] SPRING = { "org.springframework..", "org.aopalliance.." };

	private static final String[] SPRING_MVC = { "org.springframework..", "jakarta.servlet.." };

	private static final String[] MICROMETER = { "io.micrometer.." };

	private static final String[] CONCURRENCY_LIMITS = { "com.netflix.concurrency.limits.." };

	private static final String[] SQL = { "javax.sql.." };

	private static final String[] HAZELCAST = { "com.hazelcast.." };

	private static final String[] JACKSON = { "tools.jackson..", "com.fasterxml.jackson.." };

	/** Makes an instance without running a constructor; there is no supported way. */
	private static final String[] REFLECTION_FACTORY = { "sun.reflect" };

	/** A Java runtime may lack the module; whoever watches for its events needs it. */
	private static final String[] FLIGHT_RECORDER = { "jdk.jfr.." };

	/** What an annotation processor is written against; part of the JDK. */
	private static final String[] JAVAC = { "javax.annotation.processing..", "javax.lang.model..", "javax.tools.." };

	@ArchTest
	static final ArchRule observeKnowsNobody = only("observe", List.of(), PLAIN);

	@ArchTest
	static final ArchRule greenKnowsObserve = only("green", List.of("observe"), PLAIN);

	@ArchTest
	static final ArchRule deferredKnowsGreen = only("deferred", List.of("green", "observe"), PLAIN, REFLECTION_FACTORY);

	@ArchTest
	static final ArchRule keyedKnowsDeferred = only("keyed", List.of("deferred", "green", "observe"), PLAIN);

	@ArchTest
	static final ArchRule wireKnowsNobody = only("wire", List.of(), PLAIN);

	@ArchTest
	static final ArchRule durableKnowsKeyed = only("durable",
			List.of("keyed", "state", "deferred", "green", "observe", "wire"), PLAIN);

	@ArchTest
	static final ArchRule clusterKnowsKeyed = only("cluster",
			List.of("durable", "keyed", "deferred", "green", "observe", "wire"), PLAIN);

	@ArchTest
	static final ArchRule hazelcastKnowsCluster = only("hazelcast", List.of("cluster", "wire", "observe"), PLAIN,
			HAZELCAST);

	@ArchTest
	static final ArchRule jdbcKnowsDurable = only("jdbc", List.of("durable", "wire"), PLAIN, SPRING, SQL);

	@ArchTest
	static final ArchRule jsonKnowsWire = only("json", List.of("wire"), PLAIN, JACKSON);

	@ArchTest
	static final ArchRule stateKnowsGreen = only("state", List.of("green", "observe"), PLAIN, REFLECTION_FACTORY,
			JAVAC);

	/** A running application may lack the module of the compiler. */
	@ArchTest
	static final ArchRule onlyTheProcessorKnowsJavac = noClasses().that()
		.resideOutsideOfPackage("io.greenroom.state.processor..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage(JAVAC);

	/** An application's tests bring these. */
	private static final String[] TEST_FRAMEWORKS = { "org.assertj.core..", "org.junit.jupiter.api..",
			"org.junit.platform.commons.." };

	@ArchTest
	static final ArchRule testKnowsTheCore = only("test", List.of("observe", "green", "deferred", "state", "spring"),
			PLAIN, TEST_FRAMEWORKS, SPRING);

	@ArchTest
	static final ArchRule testNeedsNoSpring = noClasses().that()
		.resideInAPackage("io.greenroom.test")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("org.springframework..", "io.greenroom.spring..", "io.greenroom.test.spring..");

	/** Assertions and the annotation are what needs a framework; the rest is for any. */
	@ArchTest
	static final ArchRule testNeedsNoFramework = noClasses().that()
		.resideInAPackage("io.greenroom.test")
		.and()
		.haveSimpleNameNotEndingWith("Assert")
		.and()
		.haveSimpleNameNotEndingWith("Assertions")
		.and()
		.haveSimpleNameNotEndingWith("Extension")
		.and()
		.haveSimpleNameNotStartingWith("GreenroomTest")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage(TEST_FRAMEWORKS);

	@ArchTest
	static final ArchRule springKnowsTheCore = only("spring",
			List.of("observe", "green", "deferred", "keyed", "durable", "cluster", "wire", "state"), PLAIN, SPRING);

	@ArchTest
	static final ArchRule webKnowsGreenAndObserve = only("web", List.of("green", "observe"), PLAIN, SPRING_MVC,
			CONCURRENCY_LIMITS);

	@ArchTest
	static final ArchRule metricsKnowObserve = only("metrics", List.of("observe"), PLAIN, MICROMETER);

	/**
	 * A package of its own: it is all that needs context-propagation, and with the locale
	 * and the request it needs Spring beside it, which {@code metrics} does not.
	 */
	@ArchTest
	static final ArchRule contextKnowsWhatCarriesIt = only("context", List.of("observe", "durable"), PLAIN, SPRING_MVC,
			MICROMETER);

	@ArchTest
	static final ArchRule actuateKnowsTheCore = only("actuate",
			List.of("observe", "green", "deferred", "keyed", "state", "durable"), PLAIN, SPRING);

	@ArchTest
	static final ArchRule watchKnowsGreen = only("watch", List.of("green", "observe"), PLAIN, FLIGHT_RECORDER);

	@ArchTest
	static final ArchRule consoleKnowsActuate = only("console",
			List.of("actuate", "observe", "green", "deferred", "keyed", "state"), PLAIN, SPRING_MVC);

	@ArchTest
	static final ArchRule traceKnowsObserve = only("trace", List.of("observe"), PLAIN, MICROMETER);

	@ArchTest
	static final ArchRule nobodyKnowsAutoconfigure = noClasses().that()
		.resideOutsideOfPackage("io.greenroom.autoconfigure..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.greenroom.autoconfigure..");

	@ArchTest
	static final ArchRule packagesAreFreeOfCycles = slices().matching("io.greenroom.(*)..").should().beFreeOfCycles();

	/** The tools are built on the threads and pools; nothing points back. */
	@ArchTest
	static final ArchRule greenKnowsNoneOfItsTools = noClasses().that()
		.resideInAnyPackage("io.greenroom.green", "io.greenroom.green.internal")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.greenroom.green.worker..", "io.greenroom.green.io..");

	@ArchTest
	static final ArchRule everyPackageIsInTheTable = classes().should()
		.resideInAnyPackage(packages(List.of("observe", "green", "deferred", "keyed", "state", "durable", "wire",
				"cluster", "hazelcast", "jdbc", "json", "test", "spring", "web", "metrics", "context", "actuate",
				"watch", "trace", "console", "autoconfigure")));

	/** What is internal may move at any time: who may know it is told one by one. */
	@ArchTest
	static final ArchRule greenInternalIsKnownToGreen = internal("green", "green", "test");

	@ArchTest
	static final ArchRule stateInternalIsKnownToState = internal("state", "state", "test");

	@ArchTest
	static final ArchRule observeInternalIsKnownToAll = internal("observe", "*");

	@ArchTest
	static final ArchRule deferredInternalIsKnownToIntegrations = internal("deferred", "deferred", "keyed", "cluster",
			"durable", "spring", "actuate", "console", "test", "autoconfigure");

	@ArchTest
	static final ArchRule keyedInternalIsKnownToIntegrations = internal("keyed", "keyed", "cluster", "spring",
			"actuate", "console", "autoconfigure");

	@ArchTest
	static final ArchRule durableInternalIsKnownToIntegrations = internal("durable", "durable", "cluster", "jdbc",
			"spring", "context", "autoconfigure");

	@ArchTest
	static final ArchRule clusterInternalIsKnownToIntegrations = internal("cluster", "cluster", "hazelcast", "spring",
			"actuate", "autoconfigure");

	@ArchTest
	static final ArchRule springInternalIsKnownToAutoconfigure = internal("spring", "spring", "test", "autoconfigure");

	@ArchTest
	static final ArchRule webInternalIsKnownToAutoconfigure = internal("web", "web", "autoconfigure");

	/** These are all internal: an application names nothing of them. */
	@ArchTest
	static final ArchRule metricsAreKnownToAutoconfigure = internal("metrics", "metrics", "autoconfigure");

	@ArchTest
	static final ArchRule contextIsKnownToAutoconfigure = internal("context", "context", "autoconfigure");

	@ArchTest
	static final ArchRule actuateIsKnownToAutoconfigure = internal("actuate", "actuate", "console", "autoconfigure");

	@ArchTest
	static final ArchRule consoleIsKnownToAutoconfigure = internal("console", "console", "autoconfigure");

	@ArchTest
	static final ArchRule watchIsKnownToAutoconfigure = internal("watch", "watch", "autoconfigure");

	@ArchTest
	static final ArchRule traceIsKnownToAutoconfigure = internal("trace", "trace", "autoconfigure");

	@ArchTest
	static final ArchRule jdbcIsKnownToAutoconfigure = internal("jdbc", "jdbc", "autoconfigure");

	@ArchTest
	static final ArchRule jsonIsKnownToAutoconfigure = internal("json", "json", "autoconfigure");

	@ArchTest
	static final ArchRule hazelcastIsKnownToAutoconfigure = internal("hazelcast", "hazelcast", "autoconfigure");

	@ArchTest
	static final ArchRule everyInternalPackageIsInTheTable = classes().that()
		.resideInAPackage("..internal..")
		.should()
		.resideInAnyPackage("io.greenroom.green.internal", "io.greenroom.state.internal",
				"io.greenroom.observe.internal", "io.greenroom.deferred.internal", "io.greenroom.keyed.internal",
				"io.greenroom.durable.internal", "io.greenroom.cluster.internal", "io.greenroom.hazelcast.internal",
				"io.greenroom.spring.internal", "io.greenroom.web.internal", "io.greenroom.metrics.internal",
				"io.greenroom.context.internal", "io.greenroom.actuate.internal", "io.greenroom.console.internal",
				"io.greenroom.jdbc.internal", "io.greenroom.json.internal", "io.greenroom.watch.internal",
				"io.greenroom.trace.internal");

	@ArchTest
	static final ArchRule everyPackageIsNullMarked = classes().should(resideInANullMarkedPackage());

	@ArchTest
	static final ArchRule nobodyWritesToTheConsole = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

	@ArchTest
	static final ArchRule nobodyUsesJavaLogging = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

	@ArchTest
	static final ArchRule nobodyUsesUnsafe = noClasses().should()
		.dependOnClassesThat()
		.resideInAnyPackage("sun.misc..", "jdk.internal..");

	@ArchTest
	static final ArchRule autoConfigurationsArePublicAndFinal = classes().that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.bePublic()
		.andShould()
		.haveModifier(JavaModifier.FINAL)
		.andShould()
		.resideInAPackage("io.greenroom.autoconfigure..");

	@ArchTest
	static final ArchRule beanMethodsArePackagePrivate = methods().that()
		.areAnnotatedWith(Bean.class)
		.should()
		.bePackagePrivate();

	private static ArchRule only(String name, List<String> known, String[]... foreign) {
		List<String> all = new ArrayList<>(known);
		all.add(name);
		return classes().that()
			.resideInAPackage("io.greenroom." + name + "..")
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage(packages(all, foreign));
	}

	private static ArchRule internal(String name, String... knowing) {
		String[] packages = Arrays.stream(knowing).map((each) -> "io.greenroom." + each + "..").toArray(String[]::new);
		return classes().that()
			.resideInAPackage("io.greenroom." + name + ".internal..")
			.should()
			.onlyHaveDependentClassesThat()
			.resideInAnyPackage(packages);
	}

	private static String[] packages(List<String> own, String[]... foreign) {
		List<String> all = new ArrayList<>();
		own.forEach((name) -> all.add("io.greenroom." + name + ".."));
		for (String[] some : foreign) {
			all.addAll(List.of(some));
		}
		return all.toArray(String[]::new);
	}

	private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
		return new ArchCondition<>("reside in a package that is @NullMarked") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				events.add(new SimpleConditionEvent(type, type.getPackage().isAnnotatedWith(NullMarked.class),
						"Package " + type.getPackageName() + " of " + type.getSimpleName() + " is not @NullMarked"));
			}

		};
	}

}
