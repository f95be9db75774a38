package io.greenroom.consumer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/** Handlers and machines that are written in Kotlin, as its compiler makes them. */
@Timeout(180)
class KotlinTests {

	/**
	 * An ordinary service and a machine; the plug-in opens them for their stereotypes.
	 */
	private static final String BOX_OFFICE = """
			package box

			import io.greenroom.deferred.Deferred
			import io.greenroom.deferred.DeferredHandler
			import io.greenroom.deferred.Oneway
			import io.greenroom.state.State
			import java.time.Duration
			import org.springframework.stereotype.Component
			import org.springframework.stereotype.Service

			data class Ticket(val seat: Int, val buyer: String?)

			class SoldOut(message: String) : Exception(message)

			@Service
			@DeferredHandler
			class Seats {
			    private var free = 50
			    private val sold = mutableListOf<Ticket>()

			    fun reserve(buyer: String?, count: Int = 1): Ticket {
			        if (free < count) throw SoldOut("none left")
			        Thread.sleep(1)
			        free -= count
			        return Ticket(free, buyer).also { sold += it }
			    }

			    @Oneway fun restock(count: Int) { free += count }

			    fun left() = free
			}

			@Component
			class Show {
			    val log = java.util.Collections.synchronizedList(mutableListOf<String>())

			    @State(initial = true, transitionsTo = ["playing"])
			    fun waiting() { log += "waiting"; playing("Hamlet") }

			    @State fun playing(play: String) { log += play }
			}

			@Component
			class Clerk(private val seats: Seats, private val handle: Deferred<Seats>) : java.util.concurrent.Callable<List<Any?>> {
			    override fun call(): List<Any?> {
			        val buyers = List(200) { Thread.startVirtualThread { try { seats.reserve("Ann") } catch (full: SoldOut) { } } }
			        buyers.forEach { it.join() }
			        val left = seats.left()
			        val failure = runCatching { seats.reserve(null, count = 2) }.exceptionOrNull()
			        val byHandle = runCatching { handle.sync().reserve(null) }.exceptionOrNull()
			        handle.oneway().restock(3)
			        val ticket = handle.sync(Duration.ofSeconds(20)).reserve("Bob", 2)
			        val free = handle.async { it.left() }.get()
			        return listOf(left, ticket.buyer, free, failure, byHandle)
			    }
			}
			""";

	private static final String SUSPENDING = """
			package suspending

			import io.greenroom.deferred.DeferredHandler
			import io.greenroom.state.State
			import org.springframework.stereotype.Component
			import org.springframework.stereotype.Service

			@Service
			@DeferredHandler
			class Mail { suspend fun send(text: String): Int = text.length }

			@Component
			class Letter { @State(initial = true) suspend fun writing() { } }
			""";

	private static final String HALF_OPEN = """
			package half

			import io.greenroom.deferred.DeferredHandler
			import io.greenroom.state.State

			@DeferredHandler
			open class Mail {
			    fun send(text: String) = text.length
			}

			open class Letter { @State(initial = true) fun writing() { } }
			""";

	@TempDir
	static Path folder;

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class, StateAutoConfiguration.class));

	/** All at once, because the compiler takes longer to start than to compile. */
	@BeforeAll
	static void compile() throws Exception {
		Map<String, String> sources = Map.of("BoxOffice", BOX_OFFICE, "Suspending", SUSPENDING, "HalfOpen", HALF_OPEN);
		sources.forEach((name, source) -> Toolbox.write(folder, "src/" + name + ".kt", source));
		try (URLClassLoader compiler = Toolbox.apart(compiler())) {
			kotlinc(compiler, "plain");
			kotlinc(compiler, "open", "-Xplugin=" + Toolbox.jar("kotlin-allopen-compiler-plugin-embeddable"), "-P",
					"plugin:org.jetbrains.kotlin.allopen:preset=spring");
		}
	}

	@Test
	@DisplayName("with the plug-in kotlin-spring, a service in Kotlin is a handler and a component a machine")
	void opened() {
		inFolder("open",
				(loader) -> this.runner.withClassLoader(loader)
					.withBean("seats", type(loader, "box.Seats"))
					.withBean("show", type(loader, "box.Show"))
					.withBean("clerk", type(loader, "box.Clerk"))
					.run((context) -> {
						List<?> answers = (List<?>) context.getBean("clerk", Callable.class).call();
						assertThat(answers.subList(0, 3)).isEqualTo(List.of(0, "Bob", 1));
						// Kotlin declares no exceptions, and this one would have to be
						// declared in Java.
						assertThat(answers.subList(3, 5)).hasOnlyElementsOfType(type(loader, "box.SoldOut"));
						Object show = context.getBean("show");
						show.getClass().getMethod("waiting").invoke(show);
						StateMachine machine = context.getBean(StateMachines.class).of(show);
						machine.join();
						assertThat(show.getClass().getMethod("getLog").invoke(show))
							.isEqualTo(List.of("waiting", "Hamlet"));
					}));
	}

	@Test
	@DisplayName("without it, the start names the class that is final, and both remedies")
	void closed() {
		inFolder("plain",
				(loader) -> this.runner.withClassLoader(loader)
					.withBean("seats", type(loader, "box.Seats"))
					.run((context) -> assertThat(Toolbox.messages(context.getStartupFailure()))
						.contains("box.Seats", "the class is final", "'open'", "kotlin-spring")
						// Each function is final, too, which says nothing more.
						.containsOnlyOnce("kotlin-spring")
						.doesNotContain("reserve")));
	}

	@Test
	@DisplayName("without it, the start names the machine that is final, and both remedies")
	void closedMachine() {
		inFolder("plain",
				(loader) -> this.runner.withClassLoader(loader)
					.withBean("show", type(loader, "box.Show"))
					.run((context) -> assertThat(Toolbox.messages(context.getStartupFailure()))
						.contains("Show", "is final", "'open'", "kotlin-spring")
						.containsOnlyOnce("kotlin-spring")));
	}

	@Test
	@DisplayName("a function that is not open, of a class that is, is named with both remedies")
	void halfOpen() {
		inFolder("plain", (loader) -> {
			this.runner.withClassLoader(loader)
				.withBean("mail", type(loader, "half.Mail"))
				.run((context) -> assertThat(Toolbox.messages(context.getStartupFailure())).contains("half.Mail",
						"send(String) is final", "'open'", "kotlin-spring"));
			this.runner.withClassLoader(loader)
				.withBean("letter", type(loader, "half.Letter"))
				.run((context) -> assertThat(Toolbox.messages(context.getStartupFailure())).contains("Letter",
						"writing() is final", "'open'", "kotlin-spring"));
		});
	}

	@Test
	@DisplayName("F11 a suspending function of a handler or a machine stops the start")
	void suspending() {
		inFolder("open", (loader) -> {
			this.runner.withClassLoader(loader)
				.withBean("mail", type(loader, "suspending.Mail"))
				.run((context) -> assertThat(Toolbox.messages(context.getStartupFailure())).contains("suspending.Mail",
						"send", "is a suspending function", "make it an ordinary function"));
			this.runner.withClassLoader(loader)
				.withBean("letter", type(loader, "suspending.Letter"))
				.run((context) -> assertThat(Toolbox.messages(context.getStartupFailure())).contains("writing",
						"is a suspending function", "make it an ordinary function"));
		});
	}

	private static void inFolder(String classes, Consumer<ClassLoader> test) {
		try (URLClassLoader loader = Toolbox.loader(folder.resolve(classes))) {
			test.accept(loader);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	@SuppressWarnings("unchecked")
	private static <T> Class<T> type(ClassLoader loader, String name) {
		try {
			return (Class<T>) loader.loadClass(name);
		}
		catch (ClassNotFoundException ex) {
			throw new AssertionError(ex);
		}
	}

	private static Stream<Path> compiler() {
		return Stream.concat(
				Stream.of("kotlin-compiler-embeddable", "kotlin-daemon-embeddable", "kotlin-script-runtime")
					.map(Toolbox::jar),
				Toolbox.classPath("(kotlin-stdlib|kotlin-reflect|kotlinx-coroutines-core-jvm|annotations)-\\d.*"));
	}

	private static void kotlinc(ClassLoader loader, String classes, String... options) throws Exception {
		Class<?> type = loader.loadClass("org.jetbrains.kotlin.cli.jvm.K2JVMCompiler");
		ByteArrayOutputStream said = new ByteArrayOutputStream();
		List<String> arguments = Stream
			.concat(Stream.of(options), Stream.of("-no-stdlib", "-no-reflect", "-jvm-target", "25", "-java-parameters",
					"-classpath", Toolbox.path(Toolbox.classPath()), "-d",
					Files.createDirectories(folder.resolve(classes)).toString(), folder.resolve("src").toString()))
			.toList();
		Object code = type.getMethod("exec", PrintStream.class, String[].class)
			.invoke(type.getDeclaredConstructor().newInstance(), new PrintStream(said, true, StandardCharsets.UTF_8),
					arguments.toArray(String[]::new));
		assertThat(code).as(() -> said.toString(StandardCharsets.UTF_8)).hasToString("OK");
	}

}
