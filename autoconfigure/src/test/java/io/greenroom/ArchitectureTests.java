package io.greenroom;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
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

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

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

	/** The JDK's own view of its threads; a Java runtime may lack the module. */
	private static final String[] MANAGEMENT = { "java.lang.management..", "jdk.management.." };

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
	static final ArchRule watchKnowsGreen = only("watch", List.of("green", "observe"), PLAIN, FLIGHT_RECORDER,
			MANAGEMENT);

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
	static final ArchRule greenInternalIsKnownToTheCore = internal("green", "green", "deferred", "keyed", "state",
			"web", "test");

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

	/**
	 * A worker owns the time and the waits of all that runs on it, so no part of the core
	 * reads the time, waits or starts a thread by the JDK's own means.
	 */
	@ArchTest
	static void onlyTheEngineWaitsAndTellsTheTime(JavaClasses all) {
		Map<String, String> unused = new TreeMap<>(MAY_USE_THE_JDK);
		List<String> wrong = new ArrayList<>();
		for (JavaClass type : all.that(resideInAnyPackage("io.greenroom.green..", "io.greenroom.deferred..",
				"io.greenroom.keyed..", "io.greenroom.state.."))) {
			List<String> found = type.getAccessesFromSelf()
				.stream()
				.filter(JavaCodeUnitAccess.class::isInstance)
				.filter(ArchitectureTests::isWaitOrTime)
				.map(JavaAccess::getDescription)
				.toList();
			String name = outermost(type).getSimpleName();
			if (!found.isEmpty() && unused.remove(name) == null && !MAY_USE_THE_JDK.containsKey(name)) {
				wrong.addAll(found);
			}
		}
		assertThat(wrong).as("waits, clocks and threads of the JDK; use Parking, or the engine").isEmpty();
		assertThat(unused).as("exceptions that nothing needs any more").isEmpty();
	}

	/** The engine's own classes, and others that may use the JDK's means, and why. */
	private static final Map<String, String> MAY_USE_THE_JDK = Map.ofEntries(
			Map.entry("Parking", "is how all others wait and tell the time"),
			Map.entry("Waits", "is how the parts that are built on green threads wait"),
			Map.entry("JdkEngine", "is the ordinary engine"), Map.entry("AlarmClock", "is the ordinary engine's timer"),
			Map.entry("AlarmHands", "runs its alarms"), Map.entry("OnDemand", "starts the threads of the two"),
			Map.entry("Outside", "waits in real time for what is outside the JVM"),
			Map.entry("WorkerEngine", "is the worker's engine, and limits its end in real time"),
			Map.entry("BatonEngine", "keeps all threads but one waiting"),
			Map.entry("Leader", "may wait for something outside the worker"),
			Map.entry("CarrierEngine", "carries virtual threads"),
			Map.entry("JdkWaits", "tells what a thread waits for by means of the JDK"),
			Map.entry("RunQueue", "lets the stepping thread wait for the JDK"),
			Map.entry("RunningCommand", "waits for processes, which are outside"),
			Map.entry("ProcessKill", "kills processes, which are outside"),
			Map.entry("TurnFuture", "waits as a future does, on the threads of no worker"),
			Map.entry("CallFuture", "waits as a future does, on threads that hold no handler"));

	/** The methods that wait, tell the time or start a thread; all if none is named. */
	private static final Map<String, Set<String>> WAITS_AND_TIMES = Map.ofEntries(
			Map.entry("java.lang.System", Set.of("nanoTime", "currentTimeMillis")),
			Map.entry("java.lang.Thread", Set.of("sleep", "join", "start", "startVirtualThread")),
			Map.entry("java.lang.Thread$Builder", Set.of("start")),
			Map.entry("java.lang.Object", Set.of("wait", "notify", "notifyAll")),
			Map.entry("java.lang.Process", Set.of("waitFor")), Map.entry("java.time.Instant", Set.of("now")),
			Map.entry("java.time.Clock", Set.of("systemUTC", "systemDefaultZone", "system")),
			Map.entry("java.time.InstantSource", Set.of("system")), Map.entry("java.util.Timer", Set.of()),
			Map.entry("java.util.concurrent.TimeUnit", Set.of("sleep", "timedWait", "timedJoin")),
			Map.entry("java.util.concurrent.Future", Set.of("get")),
			Map.entry("java.util.concurrent.CompletableFuture",
					Set.of("get", "join", "orTimeout", "completeOnTimeout", "delayedExecutor")),
			Map.entry("java.util.concurrent.CountDownLatch", Set.of()),
			Map.entry("java.util.concurrent.CyclicBarrier", Set.of()),
			Map.entry("java.util.concurrent.Executors", Set.of()), Map.entry("java.util.concurrent.Phaser", Set.of()),
			Map.entry("java.util.concurrent.Exchanger", Set.of()),
			Map.entry("java.util.concurrent.ForkJoinPool", Set.of()),
			Map.entry("java.util.concurrent.Semaphore", Set.of()),
			Map.entry("java.util.concurrent.BlockingQueue", Set.of("put", "take")),
			Map.entry("java.util.concurrent.ScheduledExecutorService", Set.of()),
			Map.entry("java.util.concurrent.locks.LockSupport", Set.of()),
			Map.entry("java.util.concurrent.locks.Condition", Set.of()));

	private static boolean isWaitOrTime(JavaAccess<?> access) {
		JavaClass owner = access.getTargetOwner();
		return WAITS_AND_TIMES.entrySet()
			.stream()
			.anyMatch((entry) -> owner.isAssignableTo(entry.getKey())
					&& (entry.getValue().isEmpty() || entry.getValue().contains(access.getName())));
	}

	private static JavaClass outermost(JavaClass type) {
		JavaClass outer = type;
		while (outer.getEnclosingClass().isPresent()) {
			outer = outer.getEnclosingClass().get();
		}
		return outer;
	}

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
