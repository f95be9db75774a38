package io.greenroom.consumer;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Stream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The jar as it is packaged, on the module path and under the developer tools. */
@Timeout(240)
class PackagedJarIT {

	private static final Path JAR = Path.of(System.getProperty("greenroom.jar"));

	/** What an application of its own module needs of Spring. */
	private static final String LIBRARIES = "(spring-(core|beans|context|aop|expression|boot|boot-autoconfigure)|commons-logging|jspecify|slf4j-api|logback-(core|classic)|micrometer-(commons|observation))-\\d.*";

	private static final String MODULE = """
			module shop {
				requires io.greenroom;
				requires spring.boot;
				requires spring.boot.autoconfigure;
				requires spring.context;
				requires jdk.unsupported;
				opens shop to io.greenroom, spring.aop, spring.beans, spring.context, spring.core;
			}
			""";

	private static final String APPLICATION = """
			package shop;

			import io.greenroom.deferred.*;
			import io.greenroom.state.*;
			import org.springframework.boot.SpringApplication;
			import org.springframework.boot.autoconfigure.SpringBootApplication;
			import org.springframework.stereotype.Component;
			import org.springframework.stereotype.Service;

			@SpringBootApplication(proxyBeanMethods = false)
			public class Shop {

				public static void main(String[] args) throws Exception {
					try (var context = SpringApplication.run(Shop.class, args)) {
						Show show = context.getBean(Show.class);
						show.waiting();
						context.getBean(StateMachines.class).of(show).join();
						System.out.println("answer: " + context.getBean(Clerk.class).work() + " "
								+ Shop.class.getModule().getName() + " " + Deferred.class.getModule().getName());
					}
				}

				@Component
				static class Clerk {
					private final Seats seats;
					private final Deferred<Seats> handle;
					Clerk(Seats seats, Deferred<Seats> handle) {
						this.seats = seats;
						this.handle = handle;
					}
					int work() {
						return this.seats.take() + this.handle.sync().take();
					}
				}

				@Service @DeferredHandler
				static class Seats {
					private int taken;
					int take() { return ++this.taken; }
				}

				@Component
				static class Show {
					@State(initial = true, transitionsTo = "playing") void waiting() { playing(); }
					@State void playing() { }
				}

			}
			""";

	@Test
	@DisplayName("the jar has a stable module name, its license, and what IDEs read, as it was tested")
	void contents() throws IOException {
		ModuleDescriptor module = ModuleFinder.of(JAR).findAll().iterator().next().descriptor();
		assertThat(module.name()).isEqualTo("io.greenroom");
		assertThat(module.packages()).allSatisfy((name) -> assertThat(name).startsWith("io.greenroom"));
		try (JarFile jar = new JarFile(JAR.toFile())) {
			assertThat(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name")).isNotNull();
			for (String tested : List.of("META-INF/spring-configuration-metadata.json",
					"META-INF/spring-autoconfigure-metadata.properties", "META-INF/LICENSE")) {
				try (InputStream packed = jar.getInputStream(jar.getEntry(tested))) {
					assertThat(packed).as(tested)
						.hasBinaryContent(Files.readAllBytes(Path.of("target/classes", tested)));
				}
			}
		}
	}

	@Test
	@DisplayName("an application on the module path has handlers, handles and machines in a package that it opens")
	void modulePath(@TempDir Path folder) throws Exception {
		Toolbox.write(folder, "src/module-info.java", MODULE);
		Toolbox.write(folder, "src/shop/Shop.java", APPLICATION);
		String modules = Toolbox.path(Stream.concat(Stream.of(JAR), Toolbox.classPath(LIBRARIES)));
		Path classes = folder.resolve("classes");
		Toolbox.javac(folder.resolve("src"), classes, "--module-path", modules);
		// Spring's modules are automatic, and so require none of those with a descriptor.
		assertThat(run("--add-modules", "ALL-MODULE-PATH", "--module-path", modules + File.pathSeparator + classes,
				"--module", "shop/shop.Shop"))
			.isEqualTo("3 shop io.greenroom");
	}

	@Test
	@DisplayName("after a restart by the developer tools, handlers and machines are those of the new classes")
	void developerTools() throws Exception {
		Path ours = Path.of("target/classes").toAbsolutePath();
		String classPath = Toolbox.path(Stream.concat(Stream.of(JAR, Toolbox.jar("spring-boot-devtools")),
				Toolbox.classPath().filter((entry) -> !entry.toAbsolutePath().equals(ours))));
		assertThat(
				run("-cp", classPath, RestartedApplication.class.getName(), "--spring.main.web-application-type=none"))
			.isEqualTo("[1, 2, [dark, lit], sung, true]");
	}

	/** Returns what a program prints as its answer. */
	private static String run(String... arguments) throws Exception {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		try {
			process.onExit().orTimeout(180, TimeUnit.SECONDS).exceptionally((hung) -> process.destroyForcibly());
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(process.waitFor()).as(output).isZero();
			return output.lines()
				.filter((line) -> line.startsWith("answer: "))
				.map((line) -> line.substring("answer: ".length()))
				.findFirst()
				.orElseThrow(() -> new AssertionError("No answer in " + output));
		}
		finally {
			process.destroyForcibly();
		}
	}

}
