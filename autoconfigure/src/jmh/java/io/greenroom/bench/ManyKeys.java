package io.greenroom.bench;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.figures.Figure;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import jakarta.annotation.PreDestroy;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.MapPropertySource;

/**
 * Row K05 in its long form, what an idle key weighs, how long it takes to passivate one,
 * and row K12: a million keys called once, at most a hundred thousand of them active, then
 * closed with work in a thousand. Run it with the heap they are to fit in:
 * {@code java -Xmx512m -cp … io.greenroom.bench.ManyKeys 1000000 100000}.
 */
public final class ManyKeys {

	private static final AtomicInteger ended = new AtomicInteger();

	private static final AtomicInteger worked = new AtomicInteger();

	private ManyKeys() {
	}

	/** Prints what was seen. The arguments: how many keys, how many active ones. */
	public static void main(String[] args) throws Exception {
		int keys = Integer.parseInt(args[0]);
		int most = Integer.parseInt(args[1]);
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("args", java.util.Map.of("greenroom.keyed.max-active", most)));
		context.register(Application.class, Member.class);
		context.refresh();
		Keyed<Long, Member> members = context
			.<Keyed<Long, Member>>getBeanProvider(
					ResolvableType.forClassWithGenerics(Keyed.class, Long.class, Member.class))
			.getObject();
		members.get(-1L).greet();
		long before = used();
		long start = System.nanoTime();
		long highest = 0;
		for (long key = 0; key < keys; key++) {
			members.get(key).greet();
			highest = Math.max(highest, members.active());
		}
		System.out.printf("%d keys called once in %d ms; at most %d active, %d ended%n", keys,
				(System.nanoTime() - start) / 1_000_000, highest, ended.get());
		Thread.sleep(8000);
		double each = (used() - before) / (double) members.active();
		System.out.printf("%d active and idle, %.0f bytes each%n", members.active(), each);
		Figure.print("ManyKeys.idle", each, "B");
		passivate(members, keys - most, most / 10);
		int busy = Math.min(1000, most);
		for (long key = keys - busy; key < keys; key++) {
			members.deferred(key).oneway().work();
		}
		start = System.nanoTime();
		context.close();
		System.out.printf("closed in %d ms: %d worked, %d ended of %d%n", (System.nanoTime() - start) / 1_000_000,
				worked.get(), ended.get(), keys + 1);
	}

	/** Passivates so many keys one by one, among all that are active. */
	private static void passivate(Keyed<Long, Member> members, long first, int count) {
		long[] took = new long[count];
		int active = members.active();
		int passivated = 0;
		for (int i = 0; i < count; i++) {
			long start = System.nanoTime();
			passivated += members.passivate(first + i) ? 1 : 0;
			took[i] = System.nanoTime() - start;
		}
		Arrays.sort(took);
		System.out.printf("%d of %d passivated; one takes %.1f us in the median, %.1f us at the 99th percentile%n",
				passivated, active, took[count / 2] / 1e3, took[count * 99 / 100] / 1e3);
	}

	private static long used() {
		long used = Long.MAX_VALUE;
		for (int i = 0; i < 3; i++) {
			System.gc();
			used = Math.min(used, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
		}
		return used;
	}

	@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class })
	public static class Application {

	}

	/** Counts. */
	@DeferredHandler
	public static class Member {

		private int count;

		public Member(@Key Long id) {
		}

		public int greet() {
			return ++this.count;
		}

		@Oneway
		public void work() throws InterruptedException {
			Thread.sleep(100);
			worked.incrementAndGet();
		}

		@PreDestroy
		void end() {
			ended.incrementAndGet();
		}

	}

}
