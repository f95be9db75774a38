package io.greenroom.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * What the starter adds to the start of an application that does not use it: the refresh
 * of the context, with and without Greenroom on the class path. In each round, every
 * variant starts once, in a JVM of its own. Prints the quartiles of each variant, and those
 * of its differences from the first variant in the same round, with the median difference
 * in percent. The least of a variant is what is least disturbed on a busy machine.
 * {@code cpu} is the processor time of the main thread, {@code wall} is by the
 * clock, both in milliseconds.
 * <p>
 * The arguments: the number of rounds, the applications ({@code Web}, {@code Jpa}, or both
 * separated by a comma), and any number of further variants such as
 * {@code before=/path/to/classes}, which are class directories or jars in the place of
 * Greenroom. Options for the JVMs are in the system property {@code jvm}.
 */
public final class StartUp {

	/** What {@code spring-boot-starter-webmvc} depends on. */
	private static final String WEB = "spring-boot-4|spring-boot-(autoconfigure|webmvc|tomcat|servlet|jackson|http-converter|web-server)-4"
			+ "|spring-boot-starter-(4|webmvc-4|tomcat-4|tomcat-runtime-4|jackson-4|logging-4)"
			+ "|spring-(core|beans|context|aop|expression|web|webmvc)-7|micrometer-(observation|commons)-|jspecify-|slf4j-api-"
			+ "|logback-|log4j-|jul-to-slf4j-|commons-logging-|snakeyaml-|tomcat-embed-|jackson-(core|databind)-3"
			+ "|jackson-annotations-|jakarta.annotation-api-";

	/** What {@code spring-boot-starter-data-jpa} adds, and a database. */
	private static final String JPA = WEB
			+ "|spring-boot-(jdbc|sql|transaction|persistence|jpa|hibernate|data-jpa|data-commons)-4"
			+ "|spring-boot-starter-(data-jpa|jdbc)-4|HikariCP-|spring-(jdbc|tx|orm|aspects)-7|spring-data-(jpa|commons)-4"
			+ "|aspectjweaver-|hibernate-(core|models)-|jakarta.(persistence|transaction|inject|activation|xml.bind)-"
			+ "|jboss-logging-|classmate-|byte-buddy-1|jaxb-|txw2-|istack-|angus-|antlr4-runtime-|h2-";

	private static final Pattern FIGURES = Pattern.compile(StartUpApplication.MEASURED + "( \\d+){4}");

	private StartUp() {
	}

	public static void main(String[] args) throws Exception {
		int rounds = (args.length > 0) ? Integer.parseInt(args[0]) : 20;
		String[] kinds = (args.length > 1) ? args[1].split(",") : new String[] { "Web", "Jpa" };
		Path work = Files.createTempDirectory("start-up");
		try {
			Map<String, String> variants = new LinkedHashMap<>();
			variants.put("without", "");
			variants.put("with", jar(greenroom(), "with", work));
			for (String further : List.of(args).subList(Math.min(2, args.length), args.length)) {
				String name = further.substring(0, further.indexOf('='));
				variants.put(name, jar(Path.of(further.substring(name.length() + 1)), name, work));
			}
			String application = jar(applicationClasses(work), "application", work);
			for (String kind : kinds) {
				compare(kind, rounds, application, variants);
			}
		}
		finally {
			delete(work);
		}
	}

	/**
	 * Alternates, so that other work on the machine affects all variants alike. The first
	 * round fills the caches of the file system and does not count.
	 */
	private static void compare(String kind, int rounds, String application, Map<String, String> variants) throws Exception {
		Map<String, List<Start>> starts = new LinkedHashMap<>();
		variants.keySet().forEach((name) -> starts.put(name, new ArrayList<>()));
		List<String> order = new ArrayList<>(variants.keySet());
		for (int round = -1; round < rounds; round++) {
			for (String name : order) {
				Start start = start(kind, application + variants.get(name) + libraries(kind));
				if (round >= 0) {
					starts.get(name).add(start);
				}
			}
			order = order.reversed();
		}
		report(kind, rounds, starts);
	}

	private static Start start(String kind, String classPath) throws Exception {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m"));
		command.addAll(Stream.of(System.getProperty("jvm", "").split(" ")).filter((option) -> !option.isEmpty()).toList());
		command.addAll(List.of("-cp", classPath, StartUpApplication.class.getName(), kind, "--server.port=0"));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		List<String> output = new ArrayList<>();
		try (BufferedReader lines = process.inputReader()) {
			lines.lines().forEach(output::add);
		}
		process.waitFor();
		for (String line : output) {
			if (FIGURES.matcher(line).matches()) {
				String[] figures = line.split(" ");
				return new Start(Long.parseLong(figures[1]) / 1e6, Long.parseLong(figures[2]) / 1e6,
						Integer.parseInt(figures[3]), Integer.parseInt(figures[4]));
			}
		}
		throw new IllegalStateException("The application did not start:\n" + String.join("\n", output));
	}

	private static void report(String kind, int rounds, Map<String, List<Start>> starts) {
		System.out.printf("%n%s, %d rounds%n", kind, rounds);
		System.out.printf("%-10s %-4s %8s %8s %8s %8s | %8s %8s %8s %7s | %8s %6s%n", "variant", "", "least", "q1", "median", "q3",
				"+ q1", "+ median", "+ q3", "+ %", "classes", "beans");
		List<Start> base = starts.values().iterator().next();
		starts.forEach((name, all) -> {
			Start any = all.get(all.size() / 2);
			report(name, "cpu", base, all, Start::processorTime, "%8d %6d".formatted(any.classes, any.beans));
			report(name, "wall", base, all, Start::time, "");
		});
	}

	private static void report(String name, String what, List<Start> base, List<Start> all,
			ToDoubleFunction<Start> figure, String rest) {
		double[] own = all.stream().mapToDouble(figure).sorted().toArray();
		double[] more = new double[own.length];
		Arrays.setAll(more, (i) -> figure.applyAsDouble(all.get(i)) - figure.applyAsDouble(base.get(i)));
		Arrays.sort(more);
		double[] others = base.stream().mapToDouble(figure).sorted().toArray();
		System.out.printf("%-10s %-4s %8.0f %8.0f %8.0f %8.0f | %8.1f %8.1f %8.1f %6.1f%% | %s%n", name, what,
				own[0], quantile(own, 0.25), quantile(own, 0.5), quantile(own, 0.75), quantile(more, 0.25),
				quantile(more, 0.5), quantile(more, 0.75), 100 * quantile(more, 0.5) / quantile(others, 0.5), rest);
	}

	private static double quantile(double[] sorted, double part) {
		double at = part * (sorted.length - 1);
		int below = (int) at;
		int above = Math.min(below + 1, sorted.length - 1);
		return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
	}

	private static Path greenroom() {
		return entries().filter((entry) -> entry.endsWith(Path.of("target", "classes"))).findFirst().orElseThrow();
	}

	private static String libraries(String kind) {
		Pattern wanted = Pattern.compile("(" + (kind.equals("Jpa") ? JPA : WEB) + ").*\\.jar");
		StringBuilder path = new StringBuilder();
		entries().filter((entry) -> wanted.matcher(entry.getFileName().toString()).matches())
			.forEach((entry) -> path.append(entry).append(File.pathSeparator));
		return path.toString();
	}

	private static Stream<Path> entries() {
		return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of);
	}

	/** Only the application's own classes, without the other benchmarks. */
	private static Path applicationClasses(Path work) throws Exception {
		String name = StartUpApplication.class.getName().replace('.', '/');
		Path classes = Path.of(StartUpApplication.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		Path from = classes.resolve(name).getParent();
		Path to = Files.createDirectories(work.resolve("application").resolve(name).getParent());
		try (Stream<Path> all = Files.list(from)) {
			for (Path each : all.filter((file) -> file.getFileName().toString().startsWith("StartUpApplication")).toList()) {
				Files.copy(each, to.resolve(each.getFileName()));
			}
		}
		return work.resolve("application");
	}

	/** Packs classes, because applications have jars, and a directory is searched faster. */
	private static String jar(Path classes, String name, Path work) throws IOException {
		if (Files.isRegularFile(classes)) {
			return classes + File.pathSeparator;
		}
		Path jar = work.resolve(name + ".jar");
		try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar)); Stream<Path> all = Files.walk(classes)) {
			for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
				out.putNextEntry(new ZipEntry(classes.relativize(file).toString().replace('\\', '/')));
				Files.copy(file, out);
				out.closeEntry();
			}
		}
		return jar + File.pathSeparator;
	}

	private static void delete(Path directory) throws IOException {
		try (Stream<Path> all = Files.walk(directory)) {
			all.sorted(Comparator.reverseOrder()).forEach((path) -> {
				try {
					Files.delete(path);
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			});
		}
	}

	private record Start(double processorTime, double time, int classes, int beans) {

	}

}
