package io.greenroom.keyed;

import java.util.List;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.testkit.BootProcess;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.ResolvableType;

import static org.assertj.core.api.Assertions.assertThat;

/** What the instance of a key weighs, with its bean and its proxy. */
@Timeout(60)
class KeyFootprintTests {

	private static final int KEYS = 20_000;

	@Test
	@DisplayName("K05 the idle instance of a key holds at most 2.2 kB")
	void idleKeysAreSmall() {
		try (BootProcess measured = new BootProcess(List.of("-Xmx512m"), KeyFootprintTests.class)) {
			measured.await("small");
		}
	}

	/**
	 * Measures idle keys, and says whether they are small.
	 * @param arguments none
	 */
	public static void main(String[] arguments) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Application.class,
				Member.class)) {
			Keyed<Long, Member> members = context
				.<Keyed<Long, Member>>getBeanProvider(
						ResolvableType.forClassWithGenerics(Keyed.class, Long.class, Member.class))
				.getObject();
			long first = KEYS;
			for (long key = 0; key < first; key++) {
				members.get(key).greet();
			}
			long before = usedHeap();
			for (long key = first; key < first + KEYS; key++) {
				members.get(key).greet();
			}
			long bytes = (usedHeap() - before) / KEYS;
			assertThat(members.active()).isEqualTo(2 * KEYS);
			BootProcess.stayAt((bytes <= 2200) ? "small" : bytes + " bytes");
		}
	}

	private static long usedHeap() {
		long used = Long.MAX_VALUE;
		for (int i = 0; i < 5; i++) {
			System.gc();
			used = Math.min(used, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
		}
		return used;
	}

	@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class })
	static class Application {

	}

	/** A handler without state. */
	@DeferredHandler
	static class Member {

		Member(@Key Long number) {
		}

		void greet() {
		}

	}

}
