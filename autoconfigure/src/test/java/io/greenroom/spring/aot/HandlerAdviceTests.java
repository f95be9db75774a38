package io.greenroom.spring.aot;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/** Spring's own advice round the bodies of a handler, plain and from generated code. */
@Timeout(120)
class HandlerAdviceTests {

	private static final List<String> EXPECTED = List.of("sale in a transaction", "sale by the handle in a transaction",
			"price of tea", "try 1", "try 2", "try 3", "ring kept in a transaction");

	@Test
	@DisplayName("D42 transactions, caching and retries apply round the body, on the owner's thread, by bean and handle")
	void plain() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Till.Shop.class)) {
			assertThat(context.getBean(Till.Clerk.class).work()).isEqualTo(EXPECTED);
		}
	}

	@Test
	@DisplayName("D42 the same from generated code")
	void generatedCode(@TempDir Path folder) throws Exception {
		ClassLoader before = Thread.currentThread().getContextClassLoader();
		generate(Till.Shop.class, folder);
		compile(folder);
		try (URLClassLoader loader = loader(folder)) {
			Thread.currentThread().setContextClassLoader(loader);
			Callable<?> run = (Callable<?>) loader.loadClass(TillRun.class.getName())
				.getDeclaredConstructor()
				.newInstance();
			assertThat(run.call()).isEqualTo(EXPECTED);
		}
		finally {
			Thread.currentThread().setContextClassLoader(before);
		}
	}

	/** As a build does, apart from what this process has loaded. */
	@SuppressWarnings("unchecked")
	static void generate(Class<?> configuration, Path folder) throws Exception {
		ClassLoader before = Thread.currentThread().getContextClassLoader();
		try (URLClassLoader loader = loader(folder)) {
			Thread.currentThread().setContextClassLoader(loader);
			((BiConsumer<String, Path>) loader.loadClass(Generation.class.getName())
				.getDeclaredConstructor()
				.newInstance()).accept(configuration.getName(), folder);
		}
		finally {
			Thread.currentThread().setContextClassLoader(before);
		}
	}

	static void compile(Path folder) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		try (var files = Files.walk(folder)) {
			List<File> sources = files.filter((file) -> file.toString().endsWith(".java")).map(Path::toFile).toList();
			try (var manager = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
				List<String> options = List.of("-proc:none", "-d", folder.toString(), "-cp",
						folder + File.pathSeparator + System.getProperty("java.class.path"));
				assertThat(compiler
					.getTask(null, manager, null, options, null, manager.getJavaFileObjectsFromFiles(sources))
					.call()).isTrue();
			}
		}
	}

	/** Everything anew, as in the one loader of an application. */
	static URLClassLoader loader(Path folder) throws MalformedURLException {
		List<URL> urls = new ArrayList<>(List.of(folder.toUri().toURL()));
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			urls.add(Path.of(entry).toUri().toURL());
		}
		return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
	}

}
