package io.greenroom.consumer;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compilers and libraries that are not on the tests' class path, so that no other test
 * sees them. The build copies them to {@code target/consumer}.
 */
final class Toolbox {

	private static final Path JARS = Path.of("target/consumer");

	private Toolbox() {
	}

	/** Returns a jar that the build has copied. */
	static Path jar(String name) {
		Path jar = JARS.resolve(name + ".jar");
		assertThat(jar).as("copied by 'mvn generate-test-resources'").exists();
		return jar;
	}

	/** Returns the entries of the tests' class path whose names match. */
	static Stream<Path> classPath(String names) {
		Pattern pattern = Pattern.compile(names);
		return classPath().filter((entry) -> pattern.matcher(entry.getFileName().toString()).matches());
	}

	/** Returns the tests' class path. */
	static Stream<Path> classPath() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of);
	}

	/** Returns paths as an option of a compiler or the JVM. */
	static String path(Stream<Path> entries) {
		return String.join(File.pathSeparator, entries.map(Path::toString).toList());
	}

	/** Writes a source under its name. */
	static void write(Path folder, String name, String source) {
		try {
			Path file = folder.resolve(name);
			Files.createDirectories(file.getParent());
			Files.writeString(file, source);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Compiles the Java sources of a folder into another one. */
	static void javac(Path sources, Path classes, String... options) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		List<String> all = new ArrayList<>(List.of("-d", classes.toString(), "-parameters"));
		all.addAll(List.of(options));
		StringWriter said = new StringWriter();
		try (var files = Files.walk(sources); var manager = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
			List<Path> java = files.filter((file) -> file.toString().endsWith(".java")).toList();
			Iterable<? extends JavaFileObject> units = manager.getJavaFileObjectsFromPaths(java);
			boolean compiled = compiler.getTask(said, manager, null, all, null, units).call();
			assertThat(compiled).as(() -> said.toString()).isTrue();
		}
	}

	/** Loads classes of a folder beside those of the tests. */
	static URLClassLoader loader(Path folder) {
		try {
			return new URLClassLoader(new URL[] { folder.toUri().toURL() }, Toolbox.class.getClassLoader());
		}
		catch (MalformedURLException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Loads jars apart from the tests. */
	static URLClassLoader apart(Stream<Path> jars) {
		return new URLClassLoader(jars.map((jar) -> {
			try {
				return jar.toUri().toURL();
			}
			catch (MalformedURLException ex) {
				throw new UncheckedIOException(ex);
			}
		}).toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
	}

	/** Returns what a failed start says, causes included. */
	static String messages(@Nullable Throwable failure) {
		return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
			.map(Throwable::getMessage)
			.distinct()
			.collect(Collectors.joining("\n"));
	}

}
