package io.greenroom.green;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.stream.Stream;

import io.greenroom.testkit.Collected;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

/** What is closed keeps no class loader. */
class LoaderTests {

	@ParameterizedTest
	@ValueSource(
			strings = { "handler", "timeout", "later", "repeat", "pool", "command", "machine", "server", "worker" })
	@DisplayName("F05 a closed scheduler leaves no thread, timer or static reference that keeps a class loader")
	@Timeout(120)
	void closedSchedulerIsForgotten(String part) throws Exception {
		// The clock's thread stays for half a second.
		Collected.await("the class loader", List.of(use(part)));
	}

	private static WeakReference<ClassLoader> use(String part) throws Exception {
		URL[] urls = Stream.of(GreenScheduler.class, LoaderUse.class, Logger.class, NullMarked.class)
			.map((type) -> type.getProtectionDomain().getCodeSource().getLocation())
			.distinct()
			.toArray(URL[]::new);
		Thread current = Thread.currentThread();
		ClassLoader before = current.getContextClassLoader();
		try (URLClassLoader own = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
			current.setContextClassLoader(own);
			own.loadClass(LoaderUse.class.getName()).getMethod("use", String.class).invoke(null, part);
			return new WeakReference<>(own);
		}
		finally {
			current.setContextClassLoader(before);
		}
	}

}
