package io.greenroom.spring.aot;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

import io.greenroom.green.GreenScheduler;
import io.greenroom.spring.internal.StateBeanFactoryPostProcessor;
import io.greenroom.spring.internal.StateBeanPostProcessor;
import io.greenroom.state.StateMachines;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.FileSystemGeneratedFiles;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;

/** Beans with states in an application that runs from generated code. */
class StateBeanAotProcessorTests {

	@Configuration(proxyBeanMethods = false)
	@Import({ Tulip.class, Tulip.Garden.class })
	static class Tulips {

		@Bean
		static StateBeanFactoryPostProcessor enhancer() {
			return new StateBeanFactoryPostProcessor();
		}

		@Bean
		static StateBeanPostProcessor binder(ObjectProvider<StateMachines> machines) {
			return new StateBeanPostProcessor(machines, java.util.Set.of());
		}

		@Bean
		GreenScheduler scheduler() {
			return GreenScheduler.builder().build();
		}

		@Bean
		StateMachines machines(GreenScheduler scheduler) {
			return StateMachines.builder(scheduler).build();
		}

		@Bean
		String red() {
			return "red";
		}

		@Bean
		String blue() {
			return "blue";
		}

	}

	@Test
	@DisplayName("S18 from generated code, self-calls move the machine too, and the class file is the generated one")
	void generatedCode(@TempDir Path folder) throws Exception {
		generate(folder);
		assertThat(folder.resolve("io/greenroom/spring/aot/Tulip$$Greenroom.class")).exists();
		compile(folder);
		try (URLClassLoader loader = new ApplicationLoader(folder)) {
			Callable<?> run = (Callable<?>) loader.loadClass(TulipRun.class.getName())
				.getDeclaredConstructor()
				.newInstance();
			assertThat(run.call()).isEqualTo(List.of("Tulip$$Greenroom", "growing", "growing redtrue"));
		}
	}

	private static void generate(Path folder) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.register(Tulips.class);
			DefaultGenerationContext generation = new DefaultGenerationContext(
					new ClassNameGenerator(ClassName.get("io.greenroom.spring.aot", "Tulips")),
					new FileSystemGeneratedFiles((kind) -> folder));
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
			generation.writeGeneratedContent();
		}
	}

	private static void compile(Path folder) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		try (var files = Files.walk(folder)) {
			List<File> sources = files.filter((file) -> file.toString().endsWith(".java")).map(Path::toFile).toList();
			try (var manager = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
				assertThat(
						compiler
							.getTask(null, manager, null,
									List.of("-proc:none", "-d", folder.toString(), "-cp",
											folder + File.pathSeparator + System.getProperty("java.class.path")),
									null, manager.getJavaFileObjectsFromFiles(sources))
							.call())
					.isTrue();
			}
		}
	}

	/** Defines the application's classes itself, written and generated ones together. */
	private static final class ApplicationLoader extends URLClassLoader {

		ApplicationLoader(Path folder) throws MalformedURLException {
			super(new URL[] { folder.toUri().toURL(),
					StateBeanAotProcessorTests.class.getProtectionDomain().getCodeSource().getLocation() },
					StateBeanAotProcessorTests.class.getClassLoader());
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			synchronized (getClassLoadingLock(name)) {
				if (!name.startsWith("io.greenroom.spring.aot.")) {
					return super.loadClass(name, resolve);
				}
				Class<?> loaded = findLoadedClass(name);
				return (loaded != null) ? loaded : findClass(name);
			}
		}

	}

}
