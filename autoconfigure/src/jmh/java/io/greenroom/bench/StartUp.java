package io.greenroom.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

import io.greenroom.figures.Figure;

/**
 * How long an empty web application takes to start, with Greenroom on its class path and
 * without, in alternating turns. The argument is the number of pairs; the figures are the
 * medians. Its class path has nothing of the tests but {@link StartedApp}.
 */
public final class StartUp {

	/** The jars of an application with {@code spring-boot-starter-webmvc}. */
	private static final Pattern JARS = Pattern.compile(
			"(spring-(boot|boot-autoconfigure|boot-web-server|boot-webmvc|boot-servlet|boot-tomcat|boot-jackson|boot-http-converter"
					+ "|core|beans|context|aop|expression|web|webmvc)|tomcat-embed-(core|el|websocket)|jackson-(core|databind|annotations)"
					+ "|micrometer-(commons|observation)|logback-(core|classic)|slf4j-api|jul-to-slf4j|log4j-(api|to-slf4j)|snakeyaml"
					+ "|jakarta\\.annotation-api|jspecify|commons-logging)-\\d[^/]*\\.jar");

	private static final String GREENROOM = "classes";

	private StartUp() {
	}

	public static void main(String[] args) throws Exception {
		int pairs = Integer.parseInt(args[0]);
		Path app = Files.createTempDirectory("greenroom-start-up");
		List<Path> copies = copy(app);
		String without = app + File.pathSeparator + String.join(File.pathSeparator, classPath(
				(entry) -> JARS.matcher(Path.of(entry).getFileName().toString()).matches()));
		String with = without + File.pathSeparator
				+ String.join(File.pathSeparator, classPath((entry) -> entry.endsWith(File.separator + GREENROOM)));
		List<Start> plain = new ArrayList<>();
		List<Start> ours = new ArrayList<>();
		try {
			// The first start of each reads the jars.
			start(without);
			start(with);
			for (int pair = 0; pair < pairs; pair++) {
				plain.add(start(without));
				ours.add(start(with));
			}
		}
		finally {
			for (Path copy : copies.reversed()) {
				Files.deleteIfExists(copy);
			}
		}
		print(false, plain);
		print(true, ours);
	}

	private static List<String> classPath(java.util.function.Predicate<String> wanted) {
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
				"--logging.level.root=error")
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

	private static void print(boolean with, List<Start> starts) {
		String params = "[with=" + with + "]";
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
