package io.greenroom.faults;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the tests that its arguments name in this JVM, and writes what became of each to
 * the file that its first argument names. Needs what {@link PlantedFaults} starts it
 * with.
 */
final class NamedTests {

	static final String FAILED = "failed ";

	static final String PASSED = "passed ";

	private NamedTests() {
	}

	public static void main(String[] args) throws Exception {
		List<String> lines = Collections.synchronizedList(new ArrayList<>());
		Launcher launcher = LauncherFactory.create();
		for (String test : Arrays.asList(args).subList(1, args.length)) {
			LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
				.selectors(selectors(test))
				.build();
			try {
				launcher.execute(request, new Notes(test, lines));
			}
			catch (Throwable unrecoverable) {
				// JUnit passes an OutOfMemoryError on, though it may be one of a test's
				// own.
				lines.add(FAILED + test + "  " + unrecoverable);
			}
		}
		Files.write(Path.of(args[0]), lines);
		// Green threads and alarms of tests that have failed may still be there.
		Runtime.getRuntime().halt(0);
	}

	/** Selects a class, or the methods of one name. */
	private static List<DiscoverySelector> selectors(String test) {
		int hash = test.indexOf('#');
		if (hash < 0) {
			return List.of(DiscoverySelectors.selectClass(load(test)));
		}
		Class<?> type = load(test.substring(0, hash));
		return methods(test).stream()
			.<DiscoverySelector>map((method) -> DiscoverySelectors.selectMethod(type, method))
			.toList();
	}

	/** Returns the methods that {@code Class#method} names, inherited ones too. */
	static List<Method> methods(String test) {
		int hash = test.indexOf('#');
		List<Method> found = new ArrayList<>();
		Class<?> type = load(test.substring(0, hash));
		while (type != null && found.isEmpty()) {
			for (Method method : type.getDeclaredMethods()) {
				if (method.getName().equals(test.substring(hash + 1)) && !method.isSynthetic()) {
					found.add(method);
				}
			}
			type = type.getSuperclass();
		}
		return found;
	}

	private static Class<?> load(String name) {
		try {
			return Class.forName("io.greenroom." + name, false, NamedTests.class.getClassLoader());
		}
		catch (ClassNotFoundException unknown) {
			throw new IllegalArgumentException("There is no test class " + name, unknown);
		}
	}

	/** Notes what becomes of each method; a container that fails counts as a failure. */
	private record Notes(String test, List<String> lines) implements TestExecutionListener {

		@Override
		public void executionFinished(TestIdentifier test, TestExecutionResult result) {
			boolean failed = result.getStatus() != TestExecutionResult.Status.SUCCESSFUL;
			if (!failed && !test.isTest()) {
				return;
			}
			String method = test.getSource()
				.filter(MethodSource.class::isInstance)
				.map((source) -> "#" + ((MethodSource) source).getMethodName())
				.orElse("");
			String name = this.test.contains("#") ? this.test : this.test + method;
			this.lines
				.add((failed ? FAILED : PASSED) + name + (failed ? reason(result.getThrowable().orElse(null)) : ""));
		}

		private static String reason(@Nullable Throwable thrown) {
			String text = String.valueOf(thrown).replaceAll("\\s+", " ");
			return "  " + text.substring(0, Math.min(text.length(), 120));
		}

	}

}
