package io.greenroom.state.processor;

import java.io.StringWriter;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.Set;

import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
				.startsWith("3: state 'start' has the target 'nowhere', which is no state")
				.contains("the states are [closed, counted, "))
			.anySatisfy((line) -> assertThat(line).startsWith("5: two methods are the state 'twice'")
				.contains("rename one of them, or remove its @State"))
			.anySatisfy((line) -> assertThat(line).startsWith("6: state 'island' can't be reached from an initial one")
				.contains("declare a transition to it, or mark it initial"))
			.anySatisfy((line) -> assertThat(line).startsWith("7: state hidden() is private")
				.contains("a state must be overridable, so remove that"))
			.anySatisfy((line) -> assertThat(line).startsWith("7: state 'hidden' has onStart = \"missing\"")
				.contains("which does not exist; write void missing(StateHandle next, Object... args)"))
			.anySatisfy((line) -> assertThat(line).startsWith("8: state closed() is final").contains("so remove that"))
			.anySatisfy((line) -> assertThat(line).startsWith("9: state shared() is static").contains("so remove that"))
			.anySatisfy((line) -> assertThat(line).startsWith("10: state counted() returns int")
				.contains("nobody waits for a state; make it void"))
			.anySatisfy((line) -> assertThat(line).startsWith("11: state 'timed' has onStart = \"illTyped\"")
				.contains("which has the wrong form; write void illTyped(StateHandle next, Object... args)"))
			.anySatisfy((line) -> assertThat(line).startsWith("11: state 'timed' has timeout = \"soon\"")
				.contains("write a positive length of time like 200ms, 30s, 5m, PT1H"))
			.anySatisfy((line) -> assertThat(line)
				.startsWith("11: state 'timed' has onTimeout = \"twice\", which its transitionsTo does not declare")
				.contains("add it there"))
			.anySatisfy((line) -> assertThat(line).startsWith("12: state 'stuck' has a timeout but no onTimeout")
				.contains("say where to move then"))
			.anySatisfy(
					(line) -> assertThat(line).startsWith("13: state 'hasty' has onTimeout = \"start\" but no timeout")
						.contains("say after how long"))
			.anySatisfy((line) -> assertThat(line)
				.startsWith("14: state 'hurried' has onTimeout = \"withArgument\", which takes arguments")
				.contains("name a state without parameters"))
			.anySatisfy((line) -> assertThat(line)
				.startsWith("15: state 'withArgument' has onTimeout = \"gone\", which is no state")
				.contains("the states are [closed, counted, "))
			.hasSize(24);
		assertThat(errors("final class Subject { @State void only() { } }")).singleElement()
			.asString()
			.startsWith("2: class Subject is final, and its states need a subclass; make it an ordinary, open class");
	}

	@Test
	@DisplayName("S14 javac reports a sealed class, and each class below it that is not open")
	void sealed() {
		assertThat(errors("""
				sealed class Subject permits Below, Open { @State void only() { } }
				final class Below extends Subject { }
				non-sealed class Open extends Subject { }
				""")).satisfiesExactly((line) -> assertThat(line).startsWith("2: class Subject is sealed"),
				(line) -> assertThat(line).startsWith("3: class Below is final"));
	}

	@Test
	@DisplayName("S14 javac reports the states of nested classes, however deep")
	void nested() {
		assertThat(errors("""
				class Subject {
					static class Outer {
						class Inner {
							@State(transitionsTo = "gone") void only() { }
						}
					}
				}
				""")).singleElement().asString().startsWith("5: state 'only' has the target 'gone'");
	}

	@Test
	@DisplayName("S14 an override is what counts: its modifiers, and its own @State if it has one")
	void overridden() {
		assertThat(errors("""
				class Base {
					@State(transitionsTo = "last") void first() { }
					@State void last() { }
				}
				class Closing extends Base { @Override final void last() { } }
				class Declaring extends Base { @Override @State(transitionsTo = "gone") void first() { } }
				""")).satisfiesExactly((line) -> assertThat(line).startsWith("6: state last() is final"),
				(line) -> assertThat(line).startsWith("7: state 'first' has the target 'gone'"));
	}

	@Test
	@DisplayName("S14 an override with raw or annotated parameters is no second method, and onStart may have such, too")
	void annotatedParameters() {
		assertThat(errors("""
				import java.lang.annotation.*;
				import java.util.List;
				@Target(ElementType.TYPE_USE) @interface Maybe { }
				class Base {
					@State void one(List<String> names, String name, int number, String[] more) { }
				}
				class Subject extends Base {
					@Override @State(onStart = "on")
					void one(List names, @Maybe String name, @Maybe int number, @Maybe String[] more) { }
					void on(@Maybe StateHandle next, @Maybe Object @Maybe ... args) { }
				}
				""")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "void on(StateHandle next) { }", "void on(StateHandle next, Object... args) { }",
			"private void on(StateHandle next, Object[] args) { }", "void on() { } void on(StateHandle next) { }" })
	@DisplayName("S14 javac knows the methods that onStart may name")
	void goodOnStart(String method) {
		assertThat(errors("class Subject { @State(onStart = \"on\") void only() { } %s }".formatted(method))).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "void other(StateHandle next) { }", "int on(StateHandle next) { return 1; }",
			"static void on(StateHandle next) { }", "@State void on(StateHandle next) { }", "void on() { }",
			"void on(StateHandle next, Object[] args, Object more) { }", "void on(Object next, Object... args) { }",
			"void on(StateHandle next, String... args) { }", "void on(StateHandle next, Object args) { }",
			"void on(StateHandle next, java.util.List<Object> args) { }", "void on(StateHandle[] next) { }" })
	@DisplayName("S14 javac reports an onStart that names nothing of the form it needs, as the start would")
	void wrongOnStart(String method) {
		assertThat(errors("class Subject { @State(onStart = \"on\") void only() { } %s }".formatted(method)))
			.singleElement()
			.asString()
			.contains("has onStart = \"on\", which ")
			.endsWith("; write void on(StateHandle next, Object... args)");
	}

	/** What a user may have for the same annotation. */
	@SupportedAnnotationTypes("io.greenroom.state.State")
	private static final class Another extends AbstractProcessor {

		private boolean asked;

		@Override
		public SourceVersion getSupportedSourceVersion() {
			return SourceVersion.latestSupported();
		}

		@Override
		public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
			this.asked |= !annotations.isEmpty();
			return false;
		}

	}

	@Test
	@DisplayName("S14 the processor leaves the annotation to others after it")
	void claimsNothing() {
		Another another = new Another();
		JavaCompiler.CompilationTask task = ToolProvider.getSystemJavaCompiler()
			.getTask(new StringWriter(), null, null,
					List.of("-proc:only", "-classpath", System.getProperty("java.class.path")), null,
					List.of(new Source("Subject", "class Subject { @State void only() { } }").file()));
		task.setProcessors(List.of(new StateProcessor(), another));
		assertThat(task.call()).isTrue();
		assertThat(another.asked).isTrue();
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
