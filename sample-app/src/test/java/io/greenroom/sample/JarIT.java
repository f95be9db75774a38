package io.greenroom.sample;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The repackaged jar: run by {@code java -jar}, with other class loaders than in a build,
 * and extracted, with what is prepared ahead of time.
 */
class JarIT {

	private static final String JAVA = tool("java");

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

	@Test
	@DisplayName("S18 S14 run as a jar, states move and reject, and handlers and pools answer")
	void runsAsJar() throws Exception {
		assertAnswers("-jar", jar().toString());
	}

	@Test
	@DisplayName("the extracted jar runs from a cache of the JDK's, which holds what a training run has loaded")
	void runsFromJdkCache(@TempDir Path folder) throws Exception {
		Path application = extract(folder);
		String cache = folder.resolve("application.aot").toString();
		train(cache, "-jar", application.toString());
		// With "on", a cache that does not fit ends the JVM.
		assertAnswers("-XX:AOTCache=" + cache, "-XX:AOTMode=on", "-jar", application.toString());
	}

	@Test
	@DisplayName("F18 processed ahead of time, and from a cache of the JDK's, it answers alike")
	void runsFromGeneratedCode(@TempDir Path folder) throws Exception {
		Path application = extract(folder);
		Path generated = folder.resolve("generated.jar");
		process(folder, application, generated);
		String classPath = String.join(File.pathSeparator, generated.toString(), application.toString(),
				libraries(application));
		String[] run = { "-Dspring.aot.enabled=true", "-cp", classPath, BoxOfficeApplication.class.getName() };
		assertAnswers(run);
		String cache = folder.resolve("application.aot").toString();
		train(cache, run);
		assertAnswers(prefixed(run, "-XX:AOTCache=" + cache, "-XX:AOTMode=on"));
	}

	/** Has a customer use handlers, machines and pools of a process. */
	private static void assertAnswers(String... arguments) throws Exception {
		Process application = new ProcessBuilder(command(arguments)).redirectErrorStream(true).start();
		BufferedReader log = application.inputReader();
		try (Customer customer = new Customer(
				CompletableFuture.supplyAsync(() -> port(log)).get(2, TimeUnit.MINUTES))) {
			// Nobody may wait on a full pipe.
			Thread.startVirtualThread(() -> log.lines().forEach((line) -> {
			}));
			assertThat(customer.post("/shows/godot/moves/onSale").status()).isEqualTo(200);
			assertThat(customer.post("/shows/godot/moves/finished").status()).isEqualTo(409);
			assertThat(customer.postForm("/coats", "coat=blue").json().get("number").asInt()).isEqualTo(1);
			assertThat(customer.get("/actuator/greenroom").json().at("/states").toString()).contains("onSale");
		}
		finally {
			application.destroy();
			assertThat(application.waitFor(1, TimeUnit.MINUTES)).isTrue();
		}
	}

	/** Starts the application once, only to learn what it loads. */
	private static void train(String cache, String... arguments) throws Exception {
		finish(command(prefixed(arguments, "-XX:AOTCacheOutput=" + cache, "-Dspring.context.exit=onRefresh")));
		assertThat(Path.of(cache)).isNotEmptyFile();
	}

	/**
	 * Extracts the jar, since neither cache nor generated code is of use inside of it.
	 */
	private static Path extract(Path folder) throws Exception {
		finish(List.of(JAVA, "-Djarmode=tools", "-jar", jar().toAbsolutePath().toString(), "extract", "--destination",
				folder.resolve("extracted").toString()));
		return folder.resolve("extracted").resolve(jar().getFileName());
	}

	/** Generates the code of the application's context, as Boot's plug-in does. */
	private static void process(Path folder, Path application, Path generated) throws Exception {
		String classPath = application + File.pathSeparator + libraries(application);
		Path sources = folder.resolve("sources");
		Path classes = folder.resolve("classes");
		finish(List.of(JAVA, "-cp", classPath, "org.springframework.boot.SpringApplicationAotProcessor",
				BoxOfficeApplication.class.getName(), sources.toString(), classes.toString(), classes.toString(),
				"io.greenroom", "greenroom-sample-app"));
		try (Stream<Path> files = Files.walk(sources)) {
			List<String> command = new ArrayList<>(List.of(tool("javac"), "-proc:none", "-nowarn", "-d",
					classes.toString(), "-cp", classes + File.pathSeparator + classPath));
			files.map(Path::toString).filter((file) -> file.endsWith(".java")).forEach(command::add);
			finish(command);
		}
		finish(List.of(tool("jar"), "--create", "--file", generated.toString(), "-C", classes.toString(), "."));
	}

	private static String libraries(Path application) throws IOException {
		try (Stream<Path> jars = Files.list(application.resolveSibling("lib"))) {
			return jars.map(Path::toString).sorted().collect(Collectors.joining(File.pathSeparator));
		}
	}

	private static List<String> command(String... arguments) {
		List<String> command = new ArrayList<>(List.of(JAVA));
		command.addAll(List.of(arguments));
		command.addAll(List.of("--server.port=0", "--box-office.chat.telnet-port=0",
				"--spring.datasource.url=jdbc:h2:mem:jar"));
		return command;
	}

	private static String[] prefixed(String[] arguments, String... prefix) {
		return Stream.concat(Stream.of(prefix), Stream.of(arguments)).toArray(String[]::new);
	}

	private static String tool(String name) {
		return Path.of(System.getProperty("java.home"), "bin", name).toString();
	}

	private static void finish(List<String> command) throws Exception {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try {
			process.onExit().orTimeout(3, TimeUnit.MINUTES).exceptionally((hung) -> process.destroyForcibly());
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(process.waitFor()).as(output).isZero();
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static int port(BufferedReader log) {
		StringBuilder seen = new StringBuilder();
		try {
			for (String line = log.readLine(); line != null; line = log.readLine()) {
				Matcher port = PORT.matcher(line);
				if (port.find()) {
					return Integer.parseInt(port.group(1));
				}
				seen.append(line).append('\n');
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		throw new IllegalStateException("The application did not start:\n" + seen);
	}

	private static Path jar() throws IOException {
		try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of("target"), "greenroom-sample-app-*.jar")) {
			return jars.iterator().next();
		}
	}

}
