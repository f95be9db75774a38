package io.greenroom.migration;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openrewrite.ExecutionContext;
import org.openrewrite.InMemoryExecutionContext;
import org.openrewrite.Parser;
import org.openrewrite.Recipe;
import org.openrewrite.Result;
import org.openrewrite.SourceFile;
import org.openrewrite.config.Environment;
import org.openrewrite.config.YamlResourceLoader;
import org.openrewrite.internal.InMemoryLargeSourceSet;
import org.openrewrite.java.JavaParser;
import org.openrewrite.properties.PropertiesParser;
import org.openrewrite.yaml.YamlParser;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the recipes of the jar on a small application, as its build would. */
class MigrationKitTests {

	private static final String RECIPES = "/META-INF/rewrite/greenroom.yml";

	private static final Path BEFORE = Path.of("src/test/resources/before");

	private static final Path AFTER = Path.of("src/test/resources/after");

	@Test
	@DisplayName("The recipes change what has an equivalent, leave the rest as it is, and what they make compiles")
	void migration(@TempDir Path folder) throws IOException {
		Map<String, String> migrated = new TreeMap<>(files(BEFORE));
		migrated.putAll(run("io.greenroom.MigrateToGreenroom", files(BEFORE)));
		files(AFTER).forEach((path, text) -> assertThat(migrated.get(path)).as(path).isEqualTo(text));
		assertThat(migrated).hasSameSizeAs(files(AFTER));
		assertThat(errors(folder, migrated)).isEmpty();
	}

	@Test
	void aSecondRunChangesNothing() throws IOException {
		assertThat(run("io.greenroom.MigrateToGreenroom", files(AFTER))).isEmpty();
	}

	@Test
	void aFallbackIsNotDroppedSilently(@TempDir Path folder) throws IOException {
		Map<String, String> migrated = run("io.greenroom.MigrateToGreenroom", Map.of("src/main/java/shop/Busy.java", """
				package shop;

				import io.github.resilience4j.bulkhead.annotation.Bulkhead;
				import org.springframework.web.bind.annotation.GetMapping;
				import org.springframework.web.bind.annotation.RestController;

				@RestController
				class Busy {

				    @GetMapping("/busy")
				    @Bulkhead(name = "busy", fallbackMethod = "sorry")
				    String busy() {
				        return "busy";
				    }

				    String sorry(Throwable busy) {
				        return "sorry";
				    }

				}
				"""));
		assertThat(migrated.get("src/main/java/shop/Busy.java"))
			.contains("@RunInPool(value = \"busy\", fallbackMethod = \"sorry\")");
		assertThat(errors(folder, migrated)).singleElement().asString().contains("fallbackMethod");
	}

	@Test
	void anAsyncMethodOfAHandlerLosesItsExecutorAndBecomesOneway() throws IOException {
		Map<String, String> migrated = run("io.greenroom.AsyncOfHandlersToOneway",
				Map.of("src/main/java/shop/Prices.java", """
						package shop;

						import io.greenroom.deferred.DeferredHandler;
						import org.springframework.scheduling.annotation.Async;

						@DeferredHandler
						class Prices {

						    @Async("prices")
						    public void refresh() {
						    }

						}
						"""));
		assertThat(migrated.get("src/main/java/shop/Prices.java")).contains("    @Oneway\n    public void refresh()")
			.doesNotContain("Async");
	}

	@ParameterizedTest
	@ValueSource(strings = { "@ConcurrencyLimit(2)",
			"@ConcurrencyLimit(value = 1, policy = ConcurrencyLimit.ThrottlePolicy.REJECT)" })
	void anotherLimitOfAClassIsLeftAsItIs(String limit) throws IOException {
		assertThat(run("io.greenroom.MigrateToGreenroom", Map.of("src/main/java/shop/Limited.java", """
				package shop;

				import org.springframework.resilience.annotation.ConcurrencyLimit;

				%s
				class Limited {

				}
				""".formatted(limit)))).isEmpty();
	}

	@Test
	void asyncMethodsOutsideOfHandlersCanRunOnGreenThreads() throws IOException {
		Map<String, String> migrated = run("io.greenroom.AsyncOnGreenThreads", files(BEFORE));
		assertThat(migrated.keySet()).containsExactlyInAnyOrder("src/main/java/shop/Printer.java",
				"src/main/java/shop/Stock.java");
		assertThat(migrated.get("src/main/java/shop/Printer.java"))
			.contains("    @Async(\"greenScheduler\")\n    public void clean()");
		assertThat(run("io.greenroom.AsyncOnGreenThreads", Map.of("src/main/java/shop/Named.java", """
				package shop;

				import org.springframework.scheduling.annotation.Async;

				class Named {

				    @Async("mine")
				    void run() {
				    }

				}
				"""))).as("an executor that is named").isEmpty();
	}

	@Test
	void candidatesAreMarkedAndNothingElseChanges() throws IOException {
		Map<String, String> marked = run("io.greenroom.FindCandidates", files(BEFORE));
		assertThat(marked.keySet()).containsExactlyInAnyOrder("src/main/java/shop/Mailer.java",
				"src/main/java/shop/Printer.java", "src/main/java/shop/ReportController.java",
				"src/main/java/shop/Stock.java");
		marked.forEach((path, text) -> assertThat(text.replaceAll("/\\*~~(\\([^)]*\\))?>\\*/|~~(\\([^)]*\\))?>", ""))
			.isEqualTo(files(BEFORE).get(path)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "MigrateToGreenroom", "ConcurrencyLimitToDeferredHandler", "AsyncOfHandlersToOneway",
			"AsyncOnGreenThreads", "BulkheadToRunInPool", "BulkheadSettingsToPools", "BulkheadSettingsInYaml",
			"FindCandidates" })
	void everyRecipeIsValidAndExplained(String name) throws IOException {
		Recipe recipe = recipe("io.greenroom." + name);
		assertThat(recipe.validateAll()).allMatch((validated) -> validated.isValid());
		assertThat(recipe.getDescription()).endsWith(".");
		assertThat(Files.readString(Path.of("../docs/guide/coming-from.md"))).contains("`io.greenroom." + name + "`");
	}

	private static Map<String, String> run(String name, Map<String, String> files) throws IOException {
		ExecutionContext context = new InMemoryExecutionContext((failure) -> {
			throw new AssertionError(failure);
		});
		List<Parser> parsers = List.of(JavaParser.fromJavaVersion().classpath(JavaParser.runtimeClasspath()).build(),
				new YamlParser(), new PropertiesParser());
		List<SourceFile> sources = new ArrayList<>();
		for (Parser parser : parsers) {
			List<Parser.Input> inputs = files.keySet()
				.stream()
				.map(Path::of)
				.filter(parser::accept)
				.map((path) -> Parser.Input.fromString(path, files.get(path.toString())))
				.toList();
			parser.parseInputs(inputs, null, context).forEach(sources::add);
		}
		assertThat(sources).hasSameSizeAs(files.keySet());
		return recipe(name).run(new InMemoryLargeSourceSet(sources), context)
			.getChangeset()
			.getAllResults()
			.stream()
			.map(Result::getAfter)
			.filter(Objects::nonNull)
			.collect(Collectors.toMap((after) -> after.getSourcePath().toString(), SourceFile::printAll));
	}

	private static Recipe recipe(String name) throws IOException {
		try (InputStream recipes = Objects.requireNonNull(MigrationKitTests.class.getResourceAsStream(RECIPES),
				RECIPES)) {
			return Environment.builder()
				.load(new YamlResourceLoader(recipes, URI.create("jar:greenroom.yml"), new Properties()))
				.build()
				.activateRecipes(name);
		}
	}

	private static Map<String, String> files(Path folder) {
		try (Stream<Path> files = Files.walk(folder)) {
			return files.filter(Files::isRegularFile)
				.collect(Collectors.toMap((file) -> folder.relativize(file).toString(), MigrationKitTests::read,
						(one, two) -> one, TreeMap::new));
		}
		catch (IOException unreadable) {
			throw new UncheckedIOException(unreadable);
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException unreadable) {
			throw new UncheckedIOException(unreadable);
		}
	}

	/** What javac says of the sources. */
	private static List<String> errors(Path folder, Map<String, String> files) throws IOException {
		for (Map.Entry<String, String> file : files.entrySet()) {
			Path path = folder.resolve(file.getKey());
			Files.createDirectories(path.getParent());
			Files.writeString(path, file.getValue());
		}
		DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
		try (StandardJavaFileManager manager = ToolProvider.getSystemJavaCompiler()
			.getStandardFileManager(found, null, null)) {
			List<File> sources = files.keySet()
				.stream()
				.filter((path) -> path.endsWith(".java"))
				.map((path) -> folder.resolve(path).toFile())
				.toList();
			ToolProvider.getSystemJavaCompiler()
				.getTask(null, manager, found,
						List.of("-proc:none", "-d", folder.toString(), "-classpath",
								System.getProperty("java.class.path")),
						null, manager.getJavaFileObjectsFromFiles(sources))
				.call();
		}
		return found.getDiagnostics()
			.stream()
			.filter((each) -> each.getKind() == Diagnostic.Kind.ERROR)
			.map((each) -> each.getMessage(null))
			.toList();
	}

}
