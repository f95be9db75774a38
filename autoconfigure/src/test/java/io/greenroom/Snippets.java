package io.greenroom;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles the Java blocks of the documents, in memory. The types of a page share a
 * package, so a block can use those of the blocks before it.
 * <p>
 * A block that declares a type is a source file. With {@code import} lines of its own it
 * has no others, otherwise those in {@link #IMPORTS}. Every other block is completed by a
 * comment in front of it, which readers of the page don't see:
 * {@code <!-- given: Deferred<Seats> seats, int row -->} makes it the body of a method
 * with these parameters, {@code <!-- run: … -->} likewise, and the test runs it with
 * beans for the parameters. {@code <!-- members: String name; -->} makes it a part of a
 * class with these other members. {@code <!-- application: Seats, Clock -->} gives the
 * test class of a block an application of these beans, which readers have.
 */
final class Snippets {

	private static final List<String> IMPORTS = List.of("java.io.*", "java.math.BigDecimal", "java.time.*",
			"java.util.*", "java.util.concurrent.*", "io.greenroom.deferred.*", "io.greenroom.durable.*",
			"io.greenroom.green.*", "io.greenroom.green.io.*", "io.greenroom.green.worker.*", "io.greenroom.keyed.*",
			"io.greenroom.observe.ContextCarrier", "io.greenroom.spring.OnewayFailedEvent",
			"io.greenroom.spring.StateCompletedEvent", "io.greenroom.spring.StateFailedEvent",
			"io.greenroom.spring.StateTransitionEvent", "io.greenroom.state.*", "io.greenroom.test.*",
			"io.greenroom.web.*", "jakarta.annotation.*", "org.junit.jupiter.api.Test",
			"org.springframework.beans.factory.ObjectProvider",
			"org.springframework.boot.autoconfigure.ImportAutoConfiguration",
			"org.springframework.boot.test.context.SpringBootTest",
			"org.springframework.test.context.ContextConfiguration",
			"org.springframework.test.web.servlet.assertj.MockMvcTester",
			"io.greenroom.autoconfigure.DeferredAutoConfiguration",
			"io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration",
			"org.springframework.beans.factory.annotation.*", "org.springframework.context.annotation.*",
			"org.springframework.context.event.EventListener",
			"org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest", "org.springframework.http.*",
			"org.springframework.jdbc.core.simple.JdbcClient",
			"org.springframework.resilience.annotation.ConcurrencyLimit",
			"org.springframework.scheduling.annotation.Async", "org.springframework.stereotype.*",
			"org.springframework.transaction.annotation.Transactional",
			"org.springframework.transaction.support.TransactionTemplate", "org.springframework.web.bind.annotation.*",
			"org.springframework.web.servlet.function.*", "static org.assertj.core.api.Assertions.*",
			"static io.greenroom.test.GreenroomAssertions.*");

	private static final Pattern BLOCK = Pattern
		.compile("(?ms)(?:^<!-- (given|run|members|application):? ?(.*?) ?-->\\n)?^```java\\n(.*?)^```$");

	private static final Pattern TYPE = Pattern
		.compile("(?m)^(?:(?:public|final|abstract|sealed) )*(?:class|record|interface|enum|@interface) (\\w+)");

	private final Map<String, List<String>> names = new TreeMap<>();

	private final List<JavaFileObject> sources = new ArrayList<>();

	private final List<String> errors = new ArrayList<>();

	private final Loader loader = new Loader();

	void add(String page, String text) {
		String folder = "guide." + page.replace("-", "_");
		List<String> types = this.names.computeIfAbsent(page, (added) -> new ArrayList<>());
		Matcher blocks = BLOCK.matcher(text);
		while (blocks.find()) {
			String block = blocks.group(3);
			Matcher declared = TYPE.matcher(block);
			String name = "Block" + this.sources.size();
			String source;
			boolean application = "application".equals(blocks.group(1));
			if ((blocks.group(1) == null || application) && declared.find()) {
				declared.reset().results().map((type) -> type.group(1)).forEach(types::add);
				source = application ? inApplication(blocks.group(2), block) : block;
			}
			else {
				types.add(name);
				source = completed(name, blocks.group(1), blocks.group(2), block);
			}
			StringBuilder unit = new StringBuilder("package " + folder + ";\n");
			if (!block.contains("import ")) {
				IMPORTS.forEach((each) -> unit.append("import ").append(each).append(";\n"));
			}
			int line = 1 + (int) text.substring(0, blocks.start(3)).lines().count();
			this.sources.add(new Source(folder, name, page + ":" + line, unit.append(source).toString()));
		}
	}

	/**
	 * Instead of the class with {@code @SpringBootApplication}, which is searched for.
	 */
	private static String inApplication(String beans, String block) {
		String classes = Arrays.stream(beans.split(", "))
			.map((bean) -> bean + ".class")
			.collect(Collectors.joining(", "));
		return Pattern.compile("(?m)^@GreenroomTest$|^@SpringBootTest$").matcher(block).replaceFirst("$0\n" + """
				@org.springframework.test.context.ContextConfiguration(classes = { %s })
				@org.springframework.boot.autoconfigure.ImportAutoConfiguration({
					io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration.class,
					io.greenroom.autoconfigure.DeferredAutoConfiguration.class,
					io.greenroom.autoconfigure.StateAutoConfiguration.class })
				""".formatted(classes).strip());
	}

	private static String completed(String name, String how, String with, String block) {
		if ("members".equals(how)) {
			return "class " + name + " { " + with + "\n" + block + "}\n";
		}
		String given = (with != null) ? with : "";
		StringBuilder fields = new StringBuilder();
		StringBuilder sets = new StringBuilder();
		for (String parameter : parameters(given).toList()) {
			String variable = parameter.substring(parameter.lastIndexOf(' ') + 1);
			fields.append(parameter).append("; ");
			sets.append("this.").append(variable).append(" = ").append(variable).append("; ");
		}
		return "class %s { static final boolean RUN = %s; %s %s(%s) { %s } void run() throws Throwable {\n%s}}\n"
			.formatted(name, "run".equals(how), fields, name, given, sets, block);
	}

	/**
	 * Returns the variables that a comment declares, such as {@code Keyed<String, T> x}.
	 */
	static Stream<String> parameters(String given) {
		// Not at the comma between type arguments.
		return given.isEmpty() ? Stream.of() : Arrays.stream(given.split(", (?![^<]*>)"));
	}

	void compile() throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null)) {
			compiler.getTask(null, new InMemory(files, this.loader), found, List.of("-proc:none", "-parameters",
					"-Xlint:none", "--release", "25", "-classpath", System.getProperty("java.class.path")), null,
					this.sources)
				.call();
		}
		for (Diagnostic<? extends JavaFileObject> each : found.getDiagnostics()) {
			if (each.getKind() == Diagnostic.Kind.ERROR) {
				this.errors.add(((each.getSource() instanceof Source source) ? source.where : "") + " "
						+ each.getMessage(null));
			}
		}
	}

	List<String> errors() {
		return this.errors;
	}

	Set<String> pages() {
		return this.names.keySet();
	}

	ClassLoader loader() {
		return this.loader;
	}

	/** Returns the types of a page in their order. */
	List<Class<?>> classes(String page) {
		List<Class<?>> classes = new ArrayList<>();
		for (String name : this.names.get(page).stream().distinct().toList()) {
			try {
				classes.add(this.loader.loadClass("guide." + page.replace("-", "_") + "." + name));
			}
			catch (ClassNotFoundException missing) {
				throw new IllegalStateException(missing);
			}
		}
		return classes;
	}

	static boolean isRun(Class<?> block) {
		try {
			Field run = block.getDeclaredField("RUN");
			run.setAccessible(true);
			return run.getBoolean(null);
		}
		catch (ReflectiveOperationException other) {
			return false;
		}
	}

	private static final class Source extends SimpleJavaFileObject {

		private final String where;

		private final String text;

		Source(String folder, String name, String where, String text) {
			super(URI.create("mem:///" + folder.replace('.', '/') + "/" + name + ".java"), Kind.SOURCE);
			this.where = where;
			this.text = text;
		}

		@Override
		public CharSequence getCharContent(boolean ignoreEncodingErrors) {
			return this.text;
		}

		/** A block may hold public types by any name. */
		@Override
		public boolean isNameCompatible(String simpleName, Kind kind) {
			return true;
		}

	}

	private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {

		private final Loader loader;

		InMemory(JavaFileManager files, Loader loader) {
			super(files);
			this.loader = loader;
		}

		@Override
		public JavaFileObject getJavaFileForOutput(Location location, String name, JavaFileObject.Kind kind,
				FileObject sibling) {
			return new SimpleJavaFileObject(URI.create("mem:///" + name.replace('.', '/') + ".class"), kind) {
				@Override
				public OutputStream openOutputStream() {
					ByteArrayOutputStream bytes = new ByteArrayOutputStream();
					InMemory.this.loader.compiled.put(name, bytes);
					return bytes;
				}
			};
		}

	}

	private static final class Loader extends ClassLoader {

		private final Map<String, ByteArrayOutputStream> compiled = new LinkedHashMap<>();

		Loader() {
			super(Snippets.class.getClassLoader());
		}

		@Override
		protected Class<?> findClass(String name) throws ClassNotFoundException {
			ByteArrayOutputStream bytes = this.compiled.get(name);
			if (bytes == null) {
				throw new ClassNotFoundException(name);
			}
			return defineClass(name, bytes.toByteArray(), 0, bytes.size());
		}

		/** Spring's proxies are made from the class files. */
		@Override
		public InputStream getResourceAsStream(String name) {
			ByteArrayOutputStream bytes = name.endsWith(".class")
					? this.compiled.get(name.substring(0, name.length() - 6).replace('/', '.')) : null;
			return (bytes != null) ? new ByteArrayInputStream(bytes.toByteArray()) : super.getResourceAsStream(name);
		}

	}

}
