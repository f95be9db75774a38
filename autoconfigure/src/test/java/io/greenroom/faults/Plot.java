package io.greenroom.faults;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Where faults are planted: compiles the one changed source file against the classes of
 * the build, into a directory that comes before them on a class path.
 */
final class Plot {

	private static final Path SOURCES = Path.of("src/main/java/io/greenroom");

	private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();

	static String source(Fault fault) {
		try {
			return Files.readString(SOURCES.resolve(fault.file()));
		}
		catch (IOException unreadable) {
			throw new UncheckedIOException(unreadable);
		}
	}

	/** Compiles the file with the fault; throws if it does not compile. */
	void plant(Fault fault, Path directory) throws IOException {
		Files.createDirectories(directory);
		String planted = fault.plantIn(source(fault));
		StringWriter messages = new StringWriter();
		JavaFileObject file = new SimpleJavaFileObject(URI.create("string:///io/greenroom/" + fault.file()),
				JavaFileObject.Kind.SOURCE) {

			@Override
			public CharSequence getCharContent(boolean ignoreEncodingErrors) {
				return planted;
			}

		};
		List<String> options = List.of("-cp", System.getProperty("java.class.path"), "-d", directory.toString(),
				"-proc:none", "-nowarn", "-implicit:none", "-parameters", "--release", "25");
		boolean compiled = this.compiler.getTask(messages, null, null, options, null, List.of(file)).call();
		if (!compiled) {
			throw new IllegalStateException("'%s' does not compile: %s".formatted(fault, messages));
		}
	}

}
