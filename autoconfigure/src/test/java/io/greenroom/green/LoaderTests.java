package io.greenroom.green;

import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.stream.Stream;

import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

import static org.assertj.core.api.Assertions.assertThat;

/** What is closed keeps no class loader. */
class LoaderTests {

	/** A few rounds of collecting; the clock's thread stays for half a second. */
	private static final int ROUNDS = 100;

	@ParameterizedTest
	@ValueSource(
			strings = { "handler", "timeout", "later", "repeat", "pool", "command", "machine", "server", "worker" })
	@DisplayName("F05 a closed scheduler leaves no thread, timer or static reference that keeps a class loader")
	@Timeout(60)
	void closedSchedulerIsForgotten(String part) throws Exception {
		WeakReference<ClassLoader> loader = use(part);
		for (int i = 0; i < ROUNDS && loader.get() != null; i++) {
			System.gc();
			// Nothing tells that a thread has gone: this is the pace, not a guess.
			Thread.sleep(100);
		}
		assertThat(loader.get()).as("the class loader").isNull();
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
