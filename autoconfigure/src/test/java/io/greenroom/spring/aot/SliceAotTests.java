package io.greenroom.spring.aot;

import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.aot.generate.FileSystemGeneratedFiles;
import org.springframework.test.context.aot.TestContextAotGenerator;

import static org.assertj.core.api.Assertions.assertThat;

/** A slice of an application whose tests a build has processed beforehand. */
@Timeout(120)
class SliceAotTests {

	@Test
	@DisplayName("F18 a slice with handlers, machines and size: datasource starts from generated code")
	void generatedCode(@TempDir Path folder) throws Exception {
		ClassLoader before = Thread.currentThread().getContextClassLoader();
		new TestContextAotGenerator(new FileSystemGeneratedFiles((kind) -> folder))
			.processAheadOfTime(Stream.of(Slice.class));
		HandlerAdviceTests.compile(folder);
		try (URLClassLoader loader = HandlerAdviceTests.loader(folder)) {
			Thread.currentThread().setContextClassLoader(loader);
			Callable<?> run = (Callable<?>) loader.loadClass(SliceRun.class.getName())
				.getDeclaredConstructor()
				.newInstance();
			assertThat(run.call()).isEqualTo(List.of("1 served", true, "lit", 200));
		}
		finally {
			Thread.currentThread().setContextClassLoader(before);
		}
	}

}
