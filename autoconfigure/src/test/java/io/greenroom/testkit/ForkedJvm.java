package io.greenroom.testkit;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A JVM of its own, on the tests' class path with some of the jars taken off. Hiding
 * classes from a child loader would not do: ours would stay linked to the parent's.
 */
public final class ForkedJvm {

	/** What a main class prefixes its answer with, to tell it from the log. */
	public static final String ANSWER = "answer: ";

	private ForkedJvm() {
	}

	/** Returns the names of the jars on the tests' class path. */
	public static Stream<String> jars() {
		return entries().filter(ForkedJvm::isJar).map(ForkedJvm::name);
	}

	/**
	 * Runs a main class with this module's directories and the jars that are accepted.
	 */
	public static String run(Class<?> main, Predicate<String> jar, String... arguments) throws Exception {
		return run(List.of(), main, jar, arguments);
	}

	/** Runs it likewise, with options for the JVM. */
	public static String run(List<String> options, Class<?> main, Predicate<String> jar, String... arguments)
			throws Exception {
		String classPath = String.join(File.pathSeparator,
				entries().filter((entry) -> !isJar(entry) || jar.test(name(entry))).toList());
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
		command.addAll(options);
		command.addAll(List.of("-cp", classPath, main.getName()));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try {
			// A program that hangs is ended, and with it the reading of its output.
			process.onExit().orTimeout(300, TimeUnit.SECONDS).exceptionally((hung) -> process.destroyForcibly());
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(process.waitFor()).as(output).isZero();
			return output.lines()
				.filter((line) -> line.startsWith(ANSWER))
				.findFirst()
				.orElseThrow(() -> new AssertionError("No answer in " + output))
				.substring(ANSWER.length());
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static Stream<String> entries() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator));
	}

	private static boolean isJar(String entry) {
		return entry.endsWith(".jar");
	}

	private static String name(String entry) {
		return new File(entry).getName();
	}

}
