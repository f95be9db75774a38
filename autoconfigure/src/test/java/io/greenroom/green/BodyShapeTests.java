package io.greenroom.green;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What javac says of the ways in which users write bodies, and catch what they throw. */
class BodyShapeTests {

	@TempDir
	private Path target;

	/** Whatever starts a green thread or runs one to its end takes both kinds of body. */
	private static final List<String> BOTH = List.of("scheduler.spawn(%s)", "scheduler.spawn(\"name\", %s)",
			"scheduler.unstarted(%s)", "scheduler.unstarted(\"name\", %s)", "scheduler.spawnLater(limit, %s)",
			"group.spawn(%s)", "scope.spawn(%s)", "scope.spawn(\"name\", %s)", "pool.spawn(%s)", "pool.trySpawn(%s)",
			"pool.trySpawn(%s, limit)", "pool.submit(%s)", "pool.apply(%s)", "pool.reserve().start(%s)",
			"worker.assign(%s)", "worker.assign(\"name\", %s)", "worker.wrap(%s)");

	/** Whatever has no use of a result takes one kind. */
	private static final List<String> TASK_ONLY = List.of("scheduler.spawnDetached(\"name\", %s)",
			"scheduler.spawnLaterDetached(\"name\", limit, %s)", "scheduler.repeat(limit, %s)",
			"scheduler.repeat(\"name\", limit, %s)", "worker.repeat(limit, %s)");

	private static final List<String> WITHOUT_RESULT = List.of("() -> latch.await()", "() -> event.await()",
			"() -> queue.join()", "() -> thread.join()", "() -> group.kill()", "() -> System.out.println()",
			"() -> { }", "() -> { desk.work(); }", "() -> { if (desk.count() > 1) return; desk.work(); }",
			"() -> { for (int item : queue) { desk.take(item); } }", "() -> { throw new IOException(); }",
			"() -> { while (true) { worker.pause(); } }", "latch::countDown", "event::set", "queue::close",
			"desk::work", "Desk::open", "task", "task::run", "runnable::run", "(GreenTask) latch::await",
			"(GreenTask) queue::join");

	private static final List<String> WITH_RESULT = List.of("() -> 1", "() -> null", "() -> thread.get()",
			"() -> { return desk.count(); }", "() -> { try { return desk.count(); } finally { desk.work(); } }",
			"() -> queue.take()", "queue::take", "desk::count", "counter::incrementAndGet", "future::join", "Desk::new",
			"callable", "callable::call", "supplier::get", "(Callable<Integer>) thread::get");

	/** References to methods with overloads; a lambda is as long. */
	private static final List<String> OVERLOADED = List.of("latch::await", "event::await", "queue::join", "thread::get",
			"thread::join", "group::join", "pool::join", "group::kill", "future::get", "scope::join",
			"System.out::println", "StringBuilder::new");

	/** Variables of other types; a reference to their method does. */
	private static final List<String> OTHER_TYPES = List.of("runnable", "supplier");

	@Test
	@DisplayName("C03 F06 bodies as users write them compile wherever one is taken; those that can't are named in the limits")
	void bodies() throws IOException {
		List<String> good = new ArrayList<>();
		BOTH.forEach((call) -> Stream.concat(WITHOUT_RESULT.stream(), WITH_RESULT.stream())
			.forEach((body) -> good.add(call.formatted(body) + ";")));
		TASK_ONLY.forEach((call) -> Stream.concat(WITHOUT_RESULT.stream(), OVERLOADED.stream())
			.filter((body) -> !body.equals("StringBuilder::new"))
			.forEach((body) -> good.add(call.formatted(body) + ";")));
		List<String> bad = new ArrayList<>();
		BOTH.forEach((call) -> Stream.concat(OVERLOADED.stream(), OTHER_TYPES.stream())
			.forEach((body) -> bad.add(call.formatted(body) + ";")));
		assertThat(rejected(good)).isEmpty();
		assertThat(rejected(bad)).as("take it out of the limits, it compiles").containsExactlyInAnyOrderElementsOf(bad);
		String limits = Files.readString(limits());
		assertThat(Stream.concat(OVERLOADED.stream(), OTHER_TYPES.stream())
			.filter((shape) -> !limits.contains("`" + shape + "`"))).as("named in docs/limits.md").isEmpty();
	}

	private static Path limits() {
		Path fromModule = Path.of("../docs/limits.md");
		return Files.exists(fromModule) ? fromModule : Path.of("docs/limits.md");
	}

	@Test
	@DisplayName("C03 the result of a body has the type that the caller gives it")
	void results() {
		assertThat(rejected(List.of("GreenThread<Integer> t = scheduler.spawn(() -> 1);",
				"GreenThread<Number> t = scheduler.spawn(() -> 1);",
				"GreenThread<Number> t = pool.submit(desk::count);",
				"GreenThread<Void> t = scheduler.spawn(() -> latch.await());",
				"GreenThread<Void> t = pool.reserve().start(() -> latch.await());",
				"GreenThread<Void> t = scheduler.spawn(() -> { throw new IOException(); });",
				"GreenThread<Desk> t = group.spawn(Desk::new);", "int n = pool.apply(() -> 1);",
				"Number n = worker.wrap(desk::count);",
				"List<Integer> all = pool.map(List.of(1), (item) -> item + 1);")))
			.isEmpty();
	}

	private static final String LOOK = "try { %s; } catch (Exception failure) { if (failure instanceof IOException broken) { throw new UncheckedIOException(broken); } throw failure; }";

	private static final String SWITCH = "try { %s; } catch (Exception failure) { switch (failure) { case IOException broken -> throw new UncheckedIOException(broken); default -> throw failure; } }";

	@Test
	@DisplayName("I01 a checked failure of a body can be caught as the documentation says, and needs no throws clause")
	void checkedFailures() {
		List<String> calls = List.of("thread.get()", "thread.get(limit)", "scheduler.await(future)",
				"pool.apply(() -> desk.count())", "pool.map(List.of(1), (item) -> item)", "scope.join()",
				"group.join(Join.all().raising())", "worker.wrap(() -> 1)", "pool.imap(List.of(1), (i) -> i).next()");
		List<String> narrow = List.of("InterruptedException", "TimeoutException");
		List<String> good = new ArrayList<>();
		List<String> bad = new ArrayList<>();
		for (String call : calls) {
			good.add(LOOK.formatted(call));
			good.add(SWITCH.formatted(call));
			bad.add("try { %s; } catch (IOException broken) { }".formatted(call));
		}
		// What is thrown on is what the call declares.
		assertThat(rejected(good, String.join(", ", narrow))).isEmpty();
		assertThat(rejected(bad)).as("say so in GreenThread#get, it compiles").hasSameSizeAs(bad);
	}

	private List<String> rejected(List<String> statements) {
		return rejected(statements, "Exception");
	}

	/** Compiles each statement in a method of its own; returns those with an error. */
	private List<String> rejected(List<String> statements, String thrown) {
		StringBuilder text = new StringBuilder(
				"""
						package p; import io.greenroom.green.*; import io.greenroom.green.worker.Worker; import java.io.*; import java.time.*; import java.util.*; import java.util.concurrent.*; import java.util.concurrent.atomic.*; import java.util.function.*; \
						class Desk { void work() throws IOException { } int count() { return 1; } void take(int item) { } static void open() { } } \
						abstract class Subject { GreenScheduler scheduler; GreenPool pool; GreenGroup group; GreenScope scope; Worker worker; \
						Duration limit; CountDownLatch latch; GreenEvent event; GreenQueue<Integer> queue; GreenThread<Integer> thread; Desk desk; \
						AtomicInteger counter; CompletableFuture<Integer> future; GreenTask task; Callable<Integer> callable; Runnable runnable; Supplier<Integer> supplier;
						""");
		for (int i = 0; i < statements.size(); i++) {
			text.append("void m%d() throws %s { %s }%n".formatted(i, thrown, statements.get(i)));
		}
		DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
		ToolProvider.getSystemJavaCompiler()
			.getTask(null, null, found,
					List.of("-proc:none", "-Xmaxerrs", "10000", "-XDshould-stop.ifError=FLOW", "-classpath",
							System.getProperty("java.class.path"), "-d", this.target.toString()),
					null, List.of(new Text(text.append("}").toString())))
			.call();
		SortedSet<Integer> lines = new TreeSet<>();
		for (Diagnostic<?> each : found.getDiagnostics()) {
			if (each.getKind() == Diagnostic.Kind.ERROR) {
				assertThat(each.getLineNumber()).as("a line of a statement").isGreaterThan(1);
				lines.add((int) each.getLineNumber() - 2);
			}
		}
		return lines.stream().map(statements::get).toList();
	}

	private static final class Text extends SimpleJavaFileObject {

		private final String text;

		Text(String text) {
			super(URI.create("string:///p/Subject.java"), JavaFileObject.Kind.SOURCE);
			this.text = text;
		}

		@Override
		public CharSequence getCharContent(boolean ignoreEncodingErrors) {
			return this.text;
		}

	}

}
