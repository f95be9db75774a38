package io.greenroom.state;

import java.io.StringWriter;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;

import javax.annotation.processing.Processor;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What javac says of states. */
class StateProcessorTests {

	private record Source(String name, String text) {

		JavaFileObject file() {
			return new SimpleJavaFileObject(URI.create("string:///" + this.name + ".java"),
					JavaFileObject.Kind.SOURCE) {

				@Override
				public CharSequence getCharContent(boolean ignore) {
					return "import io.greenroom.state.*;\n" + Source.this.text;
				}

			};
		}

	}

	/** Compiles as a user would, with processors from the class path. */
	private static List<Diagnostic<? extends JavaFileObject>> compile(String option, Source... sources) {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
		compiler
			.getTask(new StringWriter(), null, found,
					List.of(option, "-implicit:none", "-classpath", System.getProperty("java.class.path"), "-d",
							System.getProperty("java.io.tmpdir"), "-Xlint:-options"),
					null, List.of(sources).stream().map(Source::file).toList())
			.call();
		return found.getDiagnostics()
			.stream()
			.filter((each) -> each.getKind() == Diagnostic.Kind.ERROR)
			.<Diagnostic<? extends JavaFileObject>>map((each) -> each)
			.toList();
	}

	private static List<String> errors(String text) {
		return compile("-proc:only", new Source("Subject", text)).stream()
			.map((error) -> error.getLineNumber() + ": " + error.getMessage(Locale.ROOT))
			.toList();
	}

	@Test
	@DisplayName("S14 javac reports what is wrong with states, all at once, each at its line")
	void wrong() {
		assertThat(
				errors("""
						class Subject {
							@State(initial = true, transitionsTo = { "nowhere", "twice" }) void start() { }
							@State void twice() { }
							@State void twice(int n) { }
							@State void island() { }
							@State(transitionsTo = "start", onStart = "missing") private void hidden() { }
							@State final void closed() { }
							@State static void shared() { }
							@State int counted() { return 1; }
							@State(onStart = "illTyped", timeout = "soon", onTimeout = "twice") void timed() { }
							@State(timeout = "5s") void stuck() { }
							@State(onTimeout = "start") void hasty() { }
							@State(transitionsTo = "withArgument", timeout = "1s", onTimeout = "withArgument") void hurried() { }
							@State(transitionsTo = "start", timeout = "1s", onTimeout = "gone") void withArgument(String argument) { }
							void illTyped(String no) { }
						}
						"""))
			.anySatisfy((line) -> assertThat(line)
				.startsWith("3: state 'start' has the target 'nowhere', which is no state"))
			.anySatisfy((line) -> assertThat(line).startsWith("5: two methods are the state 'twice'"))
			.anySatisfy((line) -> assertThat(line).startsWith("6: state 'island' can't be reached"))
			.anySatisfy((line) -> assertThat(line).startsWith("7: state hidden() is private"))
			.anySatisfy((line) -> assertThat(line).contains("onStart = \"missing\""))
			.anySatisfy((line) -> assertThat(line).startsWith("8: state closed() is final"))
			.anySatisfy((line) -> assertThat(line).startsWith("9: state shared() is static"))
			.anySatisfy((line) -> assertThat(line).startsWith("10: state counted() returns int"))
			.anySatisfy((line) -> assertThat(line).contains("onStart = \"illTyped\""))
			.anySatisfy((line) -> assertThat(line).contains("timeout = \"soon\""))
			.anySatisfy((line) -> assertThat(line).contains("onTimeout = \"twice\", which its transitionsTo does not"))
			.anySatisfy((line) -> assertThat(line).contains("'stuck' has a timeout but no onTimeout"))
			.anySatisfy((line) -> assertThat(line).contains("'hasty' has onTimeout = \"start\" but no timeout"))
			.anySatisfy((line) -> assertThat(line).contains("\"withArgument\", which takes arguments"))
			.anySatisfy((line) -> assertThat(line).contains("onTimeout = \"gone\", which is no state"));
		assertThat(errors("final class Subject { @State void only() { } }")).singleElement()
			.asString()
			.contains("final or sealed");
	}

	@Test
	@DisplayName("S14 javac finds nothing wrong with good states: inherited, overridden, generic, nested, of an abstract class")
	void good() {
		assertThat(
				errors("""
						class Subject {
							abstract static class Plant<T> {
								@State(initial = true, transitionsTo = "grown", timeout = "PT30S", onTimeout = "grown") void seed() { }
								@State(transitionsTo = "eaten", onStart = "remember") void grown() { }
								void remember(StateHandle next, Object... args) { }
								abstract void by(T who);
							}
							static class Rose extends Plant<String> {
								@Override void seed() { }
								@State void eaten(String by) { }
								@Override void by(String who) { }
								void eaten() { eaten(""); }
							}
						}
						"""))
			.isEmpty();
	}

	@Test
	@DisplayName("S14 an inherited state is wrong where its target is missing")
	void inherited() {
		assertThat(errors("""
				class Subject extends Base { }
				abstract class Base { @State(transitionsTo = "next") void first() { } }
				class Ready extends Base { @State void next() { } }
				""")).singleElement().asString().startsWith("2: state 'first' has the target 'next'");
	}

	@Test
	@DisplayName("S14 javac finds the processor on the class path when it is told to look there, and not before")
	void registered() {
		assertThat(ServiceLoader.load(Processor.class)).anyMatch(StateProcessor.class::isInstance);
		Source wrong = new Source("Untold", "class Untold { @State(transitionsTo = \"gone\") void only() { } }");
		assertThat(compile("-proc:none", wrong)).isEmpty();
		assertThat(compile("-proc:full", wrong)).hasSize(1);
	}

}
