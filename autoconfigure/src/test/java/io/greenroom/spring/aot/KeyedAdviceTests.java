package io.greenroom.spring.aot;

import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Spring's own advice round the bodies of a handler by key, plain and from generated
 * code.
 */
@Timeout(120)
class KeyedAdviceTests {

	private static final List<String> EXPECTED = List.of("made ${left} with true", "sale in a transaction",
			"sale by the handle in a transaction", "price of tea", "try 1", "try 2", "try 3",
			"ring kept in a transaction", "opened", "drawer 10 in version 2 after 2 puts");

	@Test
	@DisplayName("K08 transactions, caching, retries and security apply round the bodies of a key, on its own thread")
	void plain() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(
				KeyedTill.Stand.class)) {
			assertThat(context.getBean(KeyedTill.Clerk.class).work()).isEqualTo(EXPECTED);
		}
	}

	@Test
	@DisplayName("K08 the same from generated code")
	void generatedCode(@TempDir Path folder) throws Exception {
		ClassLoader before = Thread.currentThread().getContextClassLoader();
		HandlerAdviceTests.generate(KeyedTill.Stand.class, folder);
		HandlerAdviceTests.compile(folder);
		try (URLClassLoader loader = HandlerAdviceTests.loader(folder)) {
			Thread.currentThread().setContextClassLoader(loader);
			Callable<?> run = (Callable<?>) loader.loadClass(KeyedTillRun.class.getName())
				.getDeclaredConstructor()
				.newInstance();
			assertThat(run.call()).isEqualTo(EXPECTED);
		}
		finally {
			Thread.currentThread().setContextClassLoader(before);
		}
	}

}
