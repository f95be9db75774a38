package io.greenroom.state.processor;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import io.greenroom.state.StateClass;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever is declared, javac and the start say the same of it. */
class StateVerdictTests {

	/** Bodies of a file with a class {@code Subject}, with nothing or something wrong. */
	private static final List<String> FILES = List.of(
			"class Subject { @State(initial = true, transitionsTo = \"b\") void a() { } @State void b() { } }",
			"final class Subject { @State void a() { } }", "record Subject() { @State void a() { } }",
			"enum Subject { ONE; @State void a() { } }",
			"sealed class Subject permits Open { @State void a() { } } non-sealed class Open extends Subject { }",
			"class Subject { private Subject() { } @State void a() { } }",
			"class Subject { @State(transitionsTo = \"gone\") void a() { } }",
			"class Subject { @State void a() { } @State void a(int n) { } }",
			"class Subject { @State void a(String[] s) { } @State void a(java.util.List<String> s) { } }",
			"class Subject { @State private void a() { } }", "class Subject { @State final void a() { } }",
			"class Subject { @State static void a() { } }", "class Subject { @State private static void a() { } }",
			"class Subject { @State private static final int a(java.util.Map.Entry<String, int[]> e) { return 1; } }",
			"class Subject { @State String a() { return \"\"; } }",
			"class Subject { @State int[] a() { return null; } }",
			"class Subject { @State(restart = true) void a() { } }",
			"class Subject { @State(initial = true) void a() { } @State void b() { } }",
			"class Subject { @State(timeout = \"5s\") void a() { } }",
			"class Subject { @State(onTimeout = \"a\") void a() { } }",
			"class Subject { @State(timeout = \"soon\", onTimeout = \"a\", transitionsTo = \"a\") void a() { } }",
			"class Subject { @State(timeout = \"0s\", onTimeout = \"gone\") void a() { } }",
			"class Subject { @State(timeout = \"5s\", onTimeout = \"b\") void a() { } @State void b() { } }",
			"class Subject { @State(timeout = \"5s\", onTimeout = \"b\", transitionsTo = \"b\") void a() { } @State void b(int n) { } }",
			"class Subject { @State(onError = \"gone\") void a() { } }",
			"class Subject { @State(onError = \"a\") void a() { } }",
			"class Subject { @State(onError = \"b\") void a() { } @State void b(Throwable t) { } }",
			"class Subject { @State(onError = \"b\", transitionsTo = \"b\") void a() { } @State void b(Exception t) { } }",
			"class Subject { @State(onError = \"b\", transitionsTo = \"b\") void a() { } @State void b(java.io.Serializable t) { } }",
			"class Subject { @State(onStart = \"gone\") void a() { } }",
			"class Subject { @State(onStart = \"on\") void a() { } void on(String no) { } }",
			"class Subject { @State(onStart = \"on\") void a() { } static void on(StateHandle h) { } }",
			"class Subject { @State(onStart = \"on\") void a() { } int on(StateHandle h) { return 1; } }",
			"class Subject { @State(onStart = \"on\") void a() { } private void on(StateHandle h, Object... args) { } }",
			"class Subject { @State(transitionsTo = \"a\") void a() { } }",
			"class Subject { @State(transitionsTo = { \"b\", \"end\" }) void a() { } @State(transitionsTo = \"c\") void b() { } @State(transitionsTo = \"b\") void c() { } @State void end() { } }",
			"class Subject extends Base { } abstract class Base { @State(transitionsTo = \"gone\") void a() { } }",
			"class Subject extends Base { @Override final void a() { } } class Base { @State void a() { } }",
			"class Subject extends Base<String> { @Override void a(String s) { } } class Base<T> { @State void a(T t) { } }",
			"class Subject implements One, Two { public void a() { } } interface One { @State(initial = true) void a(); } interface Two { @State void a(); }",
			"class Subject implements One { } interface One { @State default void a() { } }",
			"class Subject { static class Below extends Base.Nested { } static class Base { static class Nested { @State private void a() { } } } }",
			"class Subject extends other.Far { }", "class Subject extends other.Far { @State void hidden() { } }");

	private static final String FAR = "package other; public class Far { @io.greenroom.state.State void hidden() { } }";

	@TempDir
	private Path target;

	@Test
	@DisplayName("S14 javac and the start have the same rules, and say them in the same words")
	void sameVerdicts() throws IOException, ClassNotFoundException {
		Map<String, SortedSet<String>> compiled = new TreeMap<>();
		List<JavaFileObject> files = new ArrayList<>();
		files.add(new Text("other/Far.java", FAR));
		for (int i = 0; i < FILES.size(); i++) {
			files.add(new Text("p%d/Subject.java".formatted(i),
					"package p%d; import io.greenroom.state.*; %s".formatted(i, FILES.get(i))));
			compiled.put("p" + i, new TreeSet<>());
		}
		for (Diagnostic<? extends JavaFileObject> found : compile("-proc:only", files)) {
			String name = (found.getSource() != null) ? found.getSource().getName() : "";
			if (name.startsWith("/p")) {
				compiled.get(name.substring(1, name.indexOf('/', 1))).add(found.getMessage(Locale.ROOT));
			}
		}
		assertThat(compile("-proc:none", files)).noneMatch((found) -> found.getKind() == Diagnostic.Kind.ERROR);
		try (URLClassLoader loader = new URLClassLoader(new URL[] { this.target.toUri().toURL() })) {
			for (int i = 0; i < FILES.size(); i++) {
				SortedSet<String> read = new TreeSet<>();
				for (String name : List.of("Subject", "Base", "Subject$Below", "Subject$Base$Nested")) {
					read.addAll(verdict(loader, "p" + i + "." + name));
				}
				assertThat(compiled.get("p" + i)).as(FILES.get(i)).isEqualTo(read);
			}
		}
		assertThat(compiled.values().stream().filter(SortedSet::isEmpty)).as("good ones").hasSize(5);
	}

	private static List<String> verdict(ClassLoader loader, String name) {
		try {
			Class<?> type = Class.forName(name, true, loader);
			if (!StateClass.isPresentOn(type) || Modifier.isAbstract(type.getModifiers())) {
				return List.of();
			}
			List<String> said = new ArrayList<>(StateClass.of(type).problems());
			said.addAll(StateClass.of(type).warnings());
			return said;
		}
		catch (ClassNotFoundException none) {
			return List.of();
		}
	}

	@Test
	@DisplayName("S14 javac rejects states in a configuration of which Spring makes a subclass, as the start does")
	void configuration() {
		assertThat(said("@Configuration class Subject { @State void a() { } }")).singleElement()
			.asString()
			.startsWith("class Subject is a @Configuration class, which Spring subclasses itself");
		assertThat(said(
				"@org.springframework.boot.autoconfigure.SpringBootApplication class Subject { @State void a() { } }"))
			.singleElement()
			.asString()
			.contains("@Configuration");
		assertThat(said("@Configuration(proxyBeanMethods = false) class Subject { @State void a() { } }")).isEmpty();
		assertThat(said(
				"@org.springframework.boot.autoconfigure.SpringBootApplication(proxyBeanMethods = false) class Subject { @State void a() { } }"))
			.isEmpty();
		assertThat(said("@Configuration class Subject { }")).isEmpty();
	}

	@Test
	@DisplayName("S14 a warning of javac's is silenced at the state or at its class, an error is not")
	void silenced() {
		String endless = "@State(transitionsTo = \"a\") void a() { } }";
		assertThat(said("class Subject { " + endless)).singleElement().asString().contains("has no way out");
		assertThat(said("class Subject { @SuppressWarnings(\"states\") " + endless)).isEmpty();
		assertThat(said("@SuppressWarnings({ \"unused\", \"states\" }) class Subject { " + endless)).isEmpty();
		assertThat(said("@SuppressWarnings(\"states\") class Subject { @State private void a() { } }")).hasSize(1);
	}

	private List<String> said(String text) {
		String imports = "import io.greenroom.state.*; import org.springframework.context.annotation.Configuration; ";
		return compile("-proc:only", List.of(new Text("Subject.java", imports + text))).stream()
			.map((found) -> found.getMessage(Locale.ROOT))
			.toList();
	}

	private List<Diagnostic<? extends JavaFileObject>> compile(String option, List<JavaFileObject> files) {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
		JavaCompiler.CompilationTask task = compiler.getTask(
				new StringWriter(), null, found, List.of(option, "-Xlint:-options", "-Xmaxerrs", "1000", "-Xmaxwarns",
						"1000", "-classpath", System.getProperty("java.class.path"), "-d", this.target.toString()),
				null, files);
		if (option.equals("-proc:only")) {
			task.setProcessors(List.of(new StateProcessor()));
		}
		task.call();
		return found.getDiagnostics();
	}

	private static final class Text extends SimpleJavaFileObject {

		private final String text;

		Text(String name, String text) {
			super(URI.create("string:///" + name), Kind.SOURCE);
			this.text = text;
		}

		@Override
		public CharSequence getCharContent(boolean ignoreEncodingErrors) {
			return this.text;
		}

	}

}
