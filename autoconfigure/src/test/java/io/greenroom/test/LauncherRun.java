package io.greenroom.test;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs test classes inside a test: what failed, by the name of the method or class.
 *
 * @param failures what failed
 * @param tests how many tests ran
 */
public record LauncherRun(Map<String, Throwable> failures, int tests) {

	/** Runs the tests of some classes, in this thread. */
	public static LauncherRun of(Class<?>... classes) {
		LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
			.selectors(Arrays.stream(classes).map(DiscoverySelectors::selectClass).toList())
			.configurationParameter("junit.jupiter.execution.parallel.enabled", "false")
			.build();
		Map<String, Throwable> failures = new TreeMap<>();
		int[] tests = new int[1];
		LauncherFactory.create().execute(request, new TestExecutionListener() {

			@Override
			public void executionFinished(TestIdentifier test, TestExecutionResult result) {
				tests[0] += test.isTest() ? 1 : 0;
				result.getThrowable().ifPresent((thrown) -> failures.put(name(test), thrown));
			}

		});
		assertThat(tests[0] + failures.size()).as("tests of %s", Arrays.asList(classes)).isPositive();
		return new LauncherRun(failures, tests[0]);
	}

	private static String name(TestIdentifier test) {
		String name = test.getLegacyReportingName();
		int parenthesis = name.indexOf('(');
		return (parenthesis < 0) ? name : name.substring(0, parenthesis);
	}

}
