package io.greenroom;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.DurableAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.keyed.Keyed;
import io.greenroom.test.LauncherRun;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.stereotype.Component;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The README and the guide: their links lead somewhere, their Java compiles, and what
 * they show first runs. {@link Snippets} says how a block is completed.
 */
@Timeout(120)
class GuideTests {

	private static final Path TOP = Path.of("..");

	private static final Path GUIDE = TOP.resolve("docs/guide");

	private static Snippets snippets;

	@BeforeAll
	static void compile() throws IOException {
		snippets = new Snippets();
		snippets.add("readme", Files.readString(TOP.resolve("README.md")));
		for (Path page : guide()) {
			snippets.add(name(page), Files.readString(page));
		}
		snippets.compile();
	}

	@Test
	void everyJavaBlockCompiles() {
		assertThat(snippets.errors()).isEmpty();
		assertThat(snippets.pages()).hasSizeGreaterThan(20);
	}

	@Test
	void everyLinkLeadsSomewhere() throws IOException {
		Map<Path, Set<String>> anchors = new HashMap<>();
		List<String> broken = new ArrayList<>();
		for (Path page : pages()) {
			String text = Files.readString(page).replaceAll("(?ms)^```.*?^```$", "");
			for (String target : Pattern.compile("\\]\\(([^)\\s]+)\\)")
				.matcher(text)
				.results()
				.map((link) -> link.group(1))
				.toList()) {
				if (target.startsWith("http")) {
					continue;
				}
				String[] parts = target.split("#", 2);
				Path file = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
				if (!Files.exists(file)) {
					broken.add(page + ": " + target);
				}
				else if (parts.length == 2 && !anchors.computeIfAbsent(file, GuideTests::anchors).contains(parts[1])) {
					broken.add(page + ": " + target + " (no such heading)");
				}
			}
		}
		assertThat(broken).isEmpty();
	}

	@Test
	void theIndexLeadsToEveryPage() throws IOException {
		String index = Files.readString(GUIDE.resolve("README.md"));
		assertThat(guide().stream()
			.map((page) -> page.getFileName().toString())
			.filter((page) -> !page.equals("README.md") && !index.contains("](" + page))).isEmpty();
	}

	@Test
	void everyVariableIsDeclaredInSight() throws IOException {
		List<String> hidden = new ArrayList<>();
		for (Path page : guideAndReadme()) {
			String text = Files.readString(page);
			Matcher given = Pattern.compile("(?m)^<!-- (?:given|run): (.*?) -->$").matcher(text);
			while (given.find()) {
				int end = text.indexOf("\n```\n", given.end());
				String inSight = text.substring(0, end).replaceAll("(?s)<!--.*?-->", "");
				Snippets.parameters(given.group(1))
					.filter((parameter) -> !inSight.contains(parameter))
					.forEach((parameter) -> hidden.add(page.getFileName() + ": " + parameter));
			}
		}
		assertThat(hidden).isEmpty();
	}

	@Test
	void everyTypeInABlockIsNamedWithItsPackage() throws IOException {
		Map<String, String> packages = publicTypes();
		List<String> missing = new ArrayList<>();
		for (Path page : guideAndReadme()) {
			String text = Files.readString(page);
			String code = found("(?ms)^```java\\n(.*?)^```$", text).collect(Collectors.joining());
			Set<String> own = found("(?:class|record|interface) (\\w+)", code).collect(Collectors.toSet());
			found("\\b([A-Z]\\w+)\\b", code).distinct()
				.filter((type) -> packages.containsKey(type) && !own.contains(type))
				.filter((type) -> !isNamed(type, packages.get(type), text))
				.forEach((type) -> missing.add(page.getFileName() + ": " + packages.get(type) + "." + type));
		}
		assertThat(missing).isEmpty();
	}

	/**
	 * In "Imports: `io.greenroom.keyed` (`Key`, `Keyed`)", or by an import in each block.
	 */
	private static boolean isNamed(String type, String inPackage, String text) {
		String imports = found("(?ms)^Imports: (.*?)\\n\\n", text).collect(Collectors.joining(" "));
		return Pattern.compile("`" + Pattern.quote(inPackage) + "` \\([^)]*`" + type + "`").matcher(imports).find()
				|| found("(?ms)^```java\\n(.*?)^```$", text).filter((block) -> block.contains(type))
					.allMatch((block) -> block.contains("import " + inPackage + "." + type + ";"));
	}

	private static Map<String, String> publicTypes() throws IOException {
		Map<String, String> packages = new HashMap<>();
		String current = "";
		for (String line : Files.readAllLines(TOP.resolve("docs/public-types.md"))) {
			if (line.startsWith("## ")) {
				current = line.substring(4, line.length() - 1);
			}
			else if (!current.isEmpty()) {
				for (String type : found("`(\\w+)`", line).toList()) {
					packages.put(type, current);
				}
			}
		}
		return packages;
	}

	private static Stream<String> found(String pattern, String text) {
		return Pattern.compile(pattern).matcher(text).results().map((found) -> found.group(1));
	}

	@Test
	void everyExceptionIsExplained() throws IOException {
		String errors = Files.readString(GUIDE.resolve("errors.md"));
		assertThat(Pattern.compile("`(\\w+Exception)`")
			.matcher(Files.readString(TOP.resolve("docs/public-types.md")))
			.results()
			.map((type) -> type.group(1))
			.filter((type) -> !errors.contains(type))).isEmpty();
	}

	@Test
	void theFaqLeadsToTheAnswerOfEveryFriction() throws IOException {
		assertThat(Files.readString(GUIDE.resolve("faq.md"))).contains("(transactions.md#tests-that-are-transactional)",
				"(transactions.md#entities-and-lazy-collections)", "(testing.md#a-controller-in-a-slice)",
				"(machine-life.md#a-start-from-a-controller-returns-before-its-body)",
				"(state-failures.md#what-to-do-with-a-failure)", "(durable-handlers.md#machines)",
				"(configuration.md#which-settings-change-the-mode)", "(coming-from.md#recipes)");
	}

	@Test
	void theReadmeIsShort() throws IOException {
		List<String> lines = Files.readAllLines(TOP.resolve("README.md"));
		assertThat(lines).hasSizeLessThanOrEqualTo(130).allSatisfy((line) -> assertThat(line).hasSizeLessThan(121));
	}

	/** What runs is marked {@code run} in the page, and asserts what the text says. */
	@ParameterizedTest
	@ValueSource(strings = { "handlers", "calls", "states", "keyed-handlers", "green-threads", "pools", "testing",
			"coming-from", "from-spring-statemachine", "state-failures", "machine-life" })
	void whatThePageShowsFirstIsWhatHappens(String page) {
		assertThat(snippets.errors()).isEmpty();
		List<Class<?>> toRun = snippets.classes(page).stream().filter(Snippets::isRun).toList();
		assertThat(toRun).as("blocks marked run").isNotEmpty();
		try (HikariDataSource database = TestDatabase.H2.fresh()) {
			runner(page, database).run((context) -> {
				for (Class<?> block : toRun) {
					Object made = context.getAutowireCapableBeanFactory().createBean(block);
					Method run = block.getDeclaredMethod("run");
					run.setAccessible(true);
					run.invoke(made);
				}
			});
		}
	}

	@Test
	void theTestOfTheReadmePasses() {
		assertThat(snippets.errors()).isEmpty();
		try (HikariDataSource database = TestDatabase.H2.fresh()) {
			runner("readme", database).run(GuideTests::runTheTest);
		}
	}

	@Test
	@DisplayName("U03 U05 U06 U07 the tests that the page on testing shows pass")
	void theTestsOfThePageOnTestingPass() {
		assertThat(snippets.errors()).isEmpty();
		Class<?>[] tests = snippets.classes("testing")
			.stream()
			.filter((type) -> Arrays.stream(type.getDeclaredMethods())
				.anyMatch((method) -> method.isAnnotationPresent(Test.class)))
			.toArray(Class<?>[]::new);
		Thread current = Thread.currentThread();
		ClassLoader before = current.getContextClassLoader();
		current.setContextClassLoader(snippets.loader());
		try {
			LauncherRun run = LauncherRun.of(tests);
			assertThat(run.failures()).isEmpty();
			assertThat(run.tests()).isEqualTo(9);
		}
		finally {
			current.setContextClassLoader(before);
		}
	}

	private static void runTheTest(ApplicationContext context) throws ReflectiveOperationException {
		int tests = 0;
		for (Class<?> type : snippets.classes("readme")) {
			for (Method method : type.getDeclaredMethods()) {
				if (method.isAnnotationPresent(Test.class)) {
					method.setAccessible(true);
					method.invoke(context.getAutowireCapableBeanFactory().createBean(type));
					tests++;
				}
			}
		}
		assertThat(tests).isEqualTo(1);
	}

	@Test
	@DisplayName("R03 R05 the keyed classes of the README are stored: the next application finds the balance, and the order where it was")
	void theKeysOfTheReadmeAreStored() {
		assertThat(snippets.errors()).isEmpty();
		try (HikariDataSource database = TestDatabase.H2.fresh()) {
			UUID id = UUID.randomUUID();
			runner("readme", database).run((context) -> {
				Object account = keyed(context, String.class, "Account").get("ann");
				assertThat(call(account, "deposit", long.class, 500L)).isEqualTo(500L);
				Object order = keyed(context, UUID.class, "Order").get(id);
				call(order, "awaitingPayment");
			});
			runner("readme", database).run((context) -> {
				assertThat(call(keyed(context, String.class, "Account").get("ann"), "deposit", long.class, 1L))
					.isEqualTo(501L);
				Keyed<UUID, ?> orders = keyed(context, UUID.class, "Order");
				assertThat(orders.in("awaitingPayment", 10)).singleElement()
					.satisfies((entry) -> assertThat(entry.key()).isEqualTo(id));
				call(orders.get(id), "paid");
				Until.until("the order to be paid", () -> orders.in("paid", 10).size() == 1);
			});
		}
	}

	private static <K> Keyed<K, ?> keyed(ApplicationContext context, Class<K> key, String name) {
		Class<?> type = snippets.classes("readme")
			.stream()
			.filter((one) -> one.getSimpleName().equals(name))
			.findFirst()
			.orElseThrow();
		return context.<Keyed<K, ?>>getBeanProvider(ResolvableType.forClassWithGenerics(Keyed.class, key, type))
			.getObject();
	}

	private static Object call(Object target, String method) throws ReflectiveOperationException {
		return call(ReflectionUtils.findMethod(target.getClass(), method), target);
	}

	private static Object call(Object target, String method, Class<?> type, Object argument)
			throws ReflectiveOperationException {
		return call(ReflectionUtils.findMethod(target.getClass(), method, type), target, argument);
	}

	private static Object call(Method method, Object target, Object... arguments) throws ReflectiveOperationException {
		assertThat(method).isNotNull();
		method.setAccessible(true);
		return method.invoke(target, arguments);
	}

	/** What the README's durable handlers need beside the starter. */
	private static ApplicationContextRunner runner(String page, DataSource database) {
		return runner(page).withConfiguration(AutoConfigurations.of(DurableAutoConfiguration.class))
			.withBean(DataSource.class, () -> database, (definition) -> definition.setDestroyMethodName(""));
	}

	private static ApplicationContextRunner runner(String page) {
		List<Class<?>> beans = snippets.classes(page)
			.stream()
			.filter((type) -> AnnotatedElementUtils.hasAnnotation(type, Component.class)
					&& !AnnotatedElementUtils.hasAnnotation(type, Configuration.class))
			.toList();
		return new ApplicationContextRunner().withClassLoader(snippets.loader())
			.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class,
					DeferredAutoConfiguration.class, StateAutoConfiguration.class))
			.withUserConfiguration(beans.toArray(Class<?>[]::new));
	}

	private static String name(Path page) {
		String name = page.getFileName().toString();
		return name.substring(0, name.indexOf('.'));
	}

	private static List<Path> guide() throws IOException {
		try (Stream<Path> files = Files.list(GUIDE)) {
			return files.filter((file) -> file.toString().endsWith(".md")).sorted().toList();
		}
	}

	private static List<Path> guideAndReadme() throws IOException {
		return Stream.concat(Stream.of(TOP.resolve("README.md")), guide().stream()).toList();
	}

	private static List<Path> pages() throws IOException {
		List<Path> pages = new ArrayList<>(
				List.of(TOP.resolve("README.md"), TOP.resolve("CONTRIBUTING.md"), TOP.resolve("sample-app/README.md")));
		try (Stream<Path> files = Files.walk(TOP.resolve("docs"))) {
			files.filter((file) -> file.toString().endsWith(".md")).forEach(pages::add);
		}
		return pages;
	}

	/** The anchors of a page's headings, as GitHub makes them. */
	private static Set<String> anchors(Path page) {
		try {
			Set<String> anchors = new HashSet<>();
			for (String line : Files.readString(page).replaceAll("(?ms)^```.*?^```$", "").lines().toList()) {
				if (line.startsWith("#")) {
					anchors.add(line.replaceFirst("^#+ ", "")
						.toLowerCase(Locale.ROOT)
						.replaceAll("[^\\p{L}\\p{N}_\\- ]", "")
						.replace(' ', '-'));
				}
			}
			return anchors;
		}
		catch (IOException unreadable) {
			throw new UncheckedIOException(unreadable);
		}
	}

}
