package io.greenroom.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.greenroom.figures.Figure;

/**
 * How long an empty web application takes to start, and one with JPA, with Greenroom's
 * jar on the class path and without, in alternating turns. The arguments are the number
 * of pairs and the applications, both unless named; the figures are the medians. The
 * class paths have nothing of the tests but {@link StartedApp}.
 */
public final class StartUp {

	/** The jars of an application with {@code spring-boot-starter-webmvc}. */
	private static final Pattern WEB = Pattern.compile(
			"(spring-(boot|boot-autoconfigure|boot-web-server|boot-webmvc|boot-servlet|boot-tomcat|boot-jackson|boot-http-converter"
					+ "|core|beans|context|aop|expression|web|webmvc)|tomcat-embed-(core|el|websocket)|jackson-(core|databind|annotations)"
					+ "|micrometer-(commons|observation)|logback-(core|classic)|slf4j-api|jul-to-slf4j|log4j-(api|to-slf4j)|snakeyaml"
					+ "|jakarta\\.annotation-api|jspecify|commons-logging)-\\d[^/]*\\.jar");

	/** What {@code spring-boot-starter-data-jpa} and H2 add to it. */
	private static final Pattern JPA = Pattern.compile(WEB.pattern()
			+ "|(spring-boot-(jdbc|jpa|data-jpa|data-commons|hibernate|persistence|sql|transaction)"
			+ "|spring-(jdbc|orm|tx|data-commons|data-jpa|aspects)|hibernate-(core|models)|HikariCP|h2"
			+ "|jakarta\\.(persistence|transaction|xml\\.bind|inject|activation)-api|jaxb-(core|runtime)|byte-buddy"
			+ "|antlr4-runtime|classmate|jboss-logging|istack-commons-runtime|txw2|angus-activation|aspectjweaver)-\\d[^/]*\\.jar");

	private static final Map<String, Pattern> APPLICATIONS = Map.of("web", WEB, "jpa", JPA);

	/** The directory of Greenroom's classes. */
	private static final String GREENROOM = "classes";

	private StartUp() {
	}

	public static void main(String[] args) throws Exception {
		int pairs = Integer.parseInt(args[0]);
		List<String> applications = (args.length > 1) ? List.of(args).subList(1, args.length) : List.of("web", "jpa");
		Path directory = Files.createTempDirectory("greenroom-start-up");
		List<Path> copies = copy(directory);
		try {
			Path jar = directory.resolve("greenroom.jar");
			copies.add(jar);
			pack(Path.of(classPath((entry) -> entry.endsWith(File.separator + GREENROOM)).getFirst()), jar);
			for (String application : applications) {
				compare(application, directory, jar, pairs);
			}
		}
		finally {
			for (Path copy : copies.reversed()) {
				Files.deleteIfExists(copy);
			}
		}
	}

	private static void compare(String application, Path directory, Path jar, int pairs)
			throws IOException, InterruptedException {
		Pattern jars = APPLICATIONS.get(application);
		String without = directory + File.pathSeparator + String.join(File.pathSeparator,
				classPath((entry) -> jars.matcher(Path.of(entry).getFileName().toString()).matches()));
		String with = without + File.pathSeparator + jar;
		// The first start of each reads the jars.
		start(without);
		start(with);
		List<Start> plain = new ArrayList<>();
		List<Start> ours = new ArrayList<>();
		for (int pair = 0; pair < pairs; pair++) {
			plain.add(start(without));
			ours.add(start(with));
		}
		print(application, false, plain);
		print(application, true, ours);
	}

	/** Packs what a user has as a jar: classes in a directory take longer to load. */
	private static void pack(Path classes, Path jar) throws IOException {
		try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
				Stream<Path> files = Files.walk(classes).filter(Files::isRegularFile)) {
			for (Path file : files.toList()) {
				out.putNextEntry(new JarEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
				Files.copy(file, out);
				out.closeEntry();
			}
		}
	}

	private static List<String> classPath(Predicate<String> wanted) {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator)).filter(wanted).toList();
	}

	/** Copies the application's classes to a directory of their own; returns what was made. */
	private static List<Path> copy(Path directory) throws IOException {
		String folder = StartedApp.class.getPackageName().replace('.', '/');
		List<Path> made = new ArrayList<>(List.of(directory));
		Path target = directory;
		for (String part : folder.split("/")) {
			target = Files.createDirectory(target.resolve(part));
			made.add(target);
		}
		String name = StartedApp.class.getSimpleName() + ".class";
		made.add(Files.write(target.resolve(name), StartedApp.class.getResourceAsStream(name).readAllBytes()));
		return made;
	}

	private static Start start(String classPath) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElse("java"), "-cp", classPath,
				StartedApp.class.getName(), "--server.port=0", "--server.address=127.0.0.1", "--spring.main.banner-mode=off",
				"--spring.jpa.open-in-view=false", "--logging.level.root=error")
			.redirectErrorStream(true)
			.start();
		StringBuilder output = new StringBuilder();
		try (BufferedReader lines = process.inputReader()) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				if (line.startsWith(StartedApp.STARTED)) {
					String[] values = line.substring(StartedApp.STARTED.length()).split(" ");
					return new Start(Double.parseDouble(values[0]), Double.parseDouble(values[1]),
							Double.parseDouble(values[2]));
				}
				output.append(line).append('\n');
			}
			throw new IOException("The application did not start: " + output);
		}
		finally {
			process.destroyForcibly().waitFor();
		}
	}

	private static void print(String application, boolean with, List<Start> starts) {
		String params = "[app=" + application + ";with=" + with + "]";
		Figure.print("StartUp.run" + params, median(starts, Start::millis), "ms");
		Figure.print("StartUp.cpu" + params, median(starts, Start::cpuMillis), "ms");
		Figure.print("StartUp.classes" + params, median(starts, Start::classes), "classes");
	}

	private static double median(List<Start> starts, ToDoubleFunction<Start> what) {
		return starts.stream().mapToDouble(what).sorted().skip(starts.size() / 2).findFirst().orElseThrow();
	}

	private record Start(double millis, double cpuMillis, double classes) {
	}

}
