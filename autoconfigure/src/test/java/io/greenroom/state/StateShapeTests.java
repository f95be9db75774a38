package io.greenroom.state;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Each shape that a class with states can have, to javac and at the start. */
class StateShapeTests {

	private static final String TWO = "@State(initial = true, transitionsTo = \"opened\") void closed() { } ";

	private static final String ERRING = "class Subject { @State(transitionsTo = \"failed\", ";

	/** What the two say of a class named Subject in the package p. */
	enum Shape {

		OVERRIDE_OF_GENERIC(true, "abstract class Gen<T> { " + TWO
				+ "@State(transitionsTo = \"closed\") void opened(T t) { } } class Subject extends Gen<String> { @Override void opened(String s) { } }"),
		REANNOTATED_OVERRIDE_OF_GENERIC(true, "abstract class Gen<T> { " + TWO
				+ "@State(transitionsTo = \"closed\") void opened(T t) { } } class Subject extends Gen<String> { @Override @State(transitionsTo = \"closed\") void opened(String s) { } }"),
		GENERIC_ARRAY(true, "abstract class Gen<T> { " + TWO
				+ "@State void opened(T[] t) { } } class Subject extends Gen<String> { @Override void opened(String[] s) { } }"),
		GENERIC_BY_TWO_STEPS(true, "abstract class Gen<T> { " + TWO
				+ "@State void opened(T t) { } } class Mid<N extends Number> extends Gen<N> { @Override void opened(N n) { } } class Subject extends Mid<Integer> { }"),
		RAW(true, "abstract class Gen<T> { " + TWO
				+ "@State void opened(T t) { } } class Subject extends Gen { @Override void opened(Object o) { } }"),
		DEFAULT_METHOD(true, "interface Doors { @State default void opened() { } } class Subject implements Doors { }"),
		ABSTRACT_OF_INTERFACE(true,
				"interface Doors<T> { @State void opened(T t); } class Subject implements Doors<String> { public void opened(String s) { } }"),
		ON_START_OF_INTERFACE(true,
				"interface Noted { default void noted(StateHandle next, Object... args) { } } class Subject implements Noted { @State(onStart = \"noted\") void opened() { } }"),
		TWO_INTERFACES_DIFFER(false,
				"interface One { @State(initial = true) void opened(); } interface Two { @State void opened(); } class Subject implements One, Two { public void opened() { } }"),
		STATIC_OF_INTERFACE(false,
				"interface One { @State static void opened() { } } class Subject implements One { @State void closed() { } }"),
		PRIVATE_ABOVE(false,
				"class Base { @State private void opened() { } } class Subject extends Base { void opened() { } }"),
		FINAL_OVERRIDE(false,
				"class Base { @State void opened() { } } class Subject extends Base { @Override final void opened() { } }"),
		FINAL_WITHOUT_OWN(false, "class Base { @State void opened() { } } final class Subject extends Base { }"),
		RECORD(false, "record Subject(int n) { @State void opened() { } }"),
		ENUM(false, "enum Subject { ONE; @State void opened() { } }"),
		ENUM_WITH_BODIES(false, "enum Subject { ONE { void more() { } }; @State void opened() { } }"),
		PRIVATE_CONSTRUCTOR(false, "class Subject { private Subject() { } @State void opened() { } }"),
		PRIVATE_NESTED(false, "class Outer { private static class Subject { @State void opened() { } } }"),
		NESTED(true, "class Outer { static class Subject { @State void opened() { } } }"),
		INNER(true, "class Outer { class Subject { @State void opened() { } } }"),
		RESTART(true, "class Subject { @State(initial = true, restart = true) void opened() { } }"),
		RESTART_NOT_INITIAL(false,
				"class Subject { @State(initial = true, transitionsTo = \"opened\") void closed() { } @State(restart = true) void opened() { } }"),
		ON_ERROR(true, ERRING + "onError = \"failed\") void opened() { } @State void failed(Throwable cause) { } }"),
		ON_ERROR_OBJECT(true,
				ERRING + "onError = \"failed\") void opened() { } @State void failed(Object cause) { } }"),
		ON_ERROR_GENERIC(true,
				"abstract class Gen<T> { @State(transitionsTo = \"failed\", onError = \"failed\") void opened() { } @State void failed(T cause) { } } class Subject extends Gen<Throwable> { @Override void failed(Throwable cause) { } }"),
		ON_ERROR_NARROW(false,
				ERRING + "onError = \"failed\") void opened() { } @State void failed(RuntimeException cause) { } }"),
		ON_ERROR_WITHOUT(false, ERRING + "onError = \"failed\") void opened() { } @State void failed() { } }"),
		ON_ERROR_TWO(false,
				ERRING + "onError = \"failed\") void opened() { } @State void failed(Throwable cause, int n) { } }"),
		ON_ERROR_UNKNOWN(false, ERRING + "onError = \"lost\") void opened() { } @State void failed(Throwable t) { } }"),
		ON_ERROR_UNDECLARED(false,
				"class Subject { @State(onError = \"failed\") void opened() { } @State void failed(Throwable t) { } }"),
		ON_ERROR_ITSELF(false,
				"class Subject { @State(transitionsTo = \"failed\", onError = \"failed\") void failed(Throwable t) { } }"),
		OVERLOADS(false, "class Subject { @State void opened() { } @State void opened(int n) { } }");

		private final boolean fine;

		private final String text;

		Shape(boolean fine, String text) {
			this.fine = fine;
			this.text = text;
		}

		String type() {
			return this.text.startsWith("class Outer") ? "p.Outer$Subject" : "p.Subject";
		}

	}

	@TempDir
	Path classes;

	@ParameterizedTest
	@EnumSource
	@DisplayName("S35 one state or one clear error, the same from javac and at the start, never an ordinary call")
	void sameVerdict(Shape shape) throws Exception {
		List<String> javac = compile(shape, "-proc:only");
		compile(shape, "-proc:none");
		try (URLClassLoader loader = new URLClassLoader(new URL[] { this.classes.toUri().toURL() })) {
			Class<?> type = loader.loadClass(shape.type());
			assertThat(StateClass.isPresentOn(type)).as("seen at the start").isTrue();
			List<String> start = StateClass.of(type).problems();
			assertThat(start.isEmpty()).as("at the start: %s", start).isEqualTo(shape.fine);
			assertThat(javac.isEmpty()).as("javac: %s", javac).isEqualTo(shape.fine);
			if (shape.fine) {
				Class<?> enhanced = StateClass.of(type).enhanced();
				assertThat(StateClass.of(type).states())
					.allSatisfy((state) -> assertThat(enhanced.getDeclaredMethod(state.name(),
							StateClass.of(type).method(state.name()).getParameterTypes()))
						.isNotNull());
			}
		}
	}

	private List<String> compile(Shape shape, String option) throws IOException {
		DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
		ToolProvider.getSystemJavaCompiler()
			.getTask(new StringWriter(), null, found,
					List.of(option, "-classpath", System.getProperty("java.class.path"), "-d", this.classes.toString()),
					null, List.of(new Text("package p; import io.greenroom.state.*; " + shape.text)))
			.call();
		return found.getDiagnostics()
			.stream()
			.filter((each) -> each.getKind() == Diagnostic.Kind.ERROR)
			.map((each) -> each.getMessage(null))
			.toList();
	}

	private static final class Text extends SimpleJavaFileObject {

		private final String text;

		Text(String text) {
			super(URI.create("string:///p/Source.java"), JavaFileObject.Kind.SOURCE);
			this.text = text;
		}

		@Override
		public CharSequence getCharContent(boolean ignoreEncodingErrors) {
			return this.text;
		}

	}

}
