package io.greenroom.deferred;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Collected;
import io.greenroom.testkit.Rounds;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What happens when many threads are the first to use a class as a handler. */
@CloseSchedulers
public class FirstUseTests {

	private static final int ROUNDS = Rounds.of(300);

	private static final int THREADS = 4;

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

	@AfterEach
	void close() {
		this.threads.shutdownNow();
	}

	@Test
	@DisplayName("F07 a class that four threads make handlers of at once, and that nobody used before")
	void firstHandlersOfAClass() throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			Class<?> desk = new Fresh().loadClass(Desk.class.getName());
			for (Object answer : atOnce(() -> asNumbers(desk).sync().next())) {
				assertThat(answer).isEqualTo(1);
			}
		}
	}

	@Test
	@DisplayName("F07 an interface that four threads make handles for at once, and that nobody used before")
	void firstHandlesOfAnInterface() throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			Fresh loader = new Fresh();
			Class<?> named = loader.loadClass(Named.class.getName());
			Object target = loader.loadClass(NamedDesk.class.getName()).getConstructor().newInstance();
			Handler handler = new Handler(this.scheduler, HandlerType.of(target.getClass()), target,
					HandlerOptions.defaults());
			for (Object answer : atOnce(() -> named.getMethod("name").invoke(view(handler, named, target)))) {
				assertThat(answer).isEqualTo("desk");
			}
		}
	}

	@Test
	@DisplayName("F05 a class loader is collected with the handlers of its classes")
	void loadersAreCollected() throws Exception {
		WeakReference<ClassLoader> loader = useAndDrop();
		Collected.await(loader);
	}

	private WeakReference<ClassLoader> useAndDrop() throws Exception {
		Fresh loader = new Fresh();
		assertThat(asNumbers(loader.loadClass(Desk.class.getName())).sync().next()).isEqualTo(1);
		return new WeakReference<>(loader);
	}

	@SuppressWarnings("unchecked")
	private static <T> Object view(Handler handler, Class<T> as, Object target) {
		return handler.deferred(as, (T) target).sync();
	}

	/** The class is another one than the test's, but what it extends is the same. */
	@SuppressWarnings("unchecked")
	private Deferred<Numbers> asNumbers(Class<?> desk) throws Exception {
		// The limit determines how often a handler is asked to rest.
		HandlerOptions options = HandlerOptions.builder().busyLimit(Duration.ofSeconds(2)).build();
		return (Deferred<Numbers>) (Deferred<?>) Deferred.of(this.scheduler, desk.getConstructor().newInstance(),
				options);
	}

	private List<Object> atOnce(Callable<Object> doing) throws Exception {
		CyclicBarrier start = new CyclicBarrier(THREADS);
		List<Future<Object>> all = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			all.add(this.threads.submit(() -> {
				start.await();
				return doing.call();
			}));
		}
		List<Object> answers = new ArrayList<>();
		for (Future<Object> each : all) {
			answers.add(each.get());
		}
		return answers;
	}

	public abstract static class Numbers {

		public abstract int next();

	}

	public static class Desk extends Numbers {

		private int last;

		@Override
		public int next() {
			return ++this.last;
		}

	}

	public interface Named {

		String name();

	}

	public static class NamedDesk implements Named {

		@Override
		public String name() {
			return "desk";
		}

	}

	/** Has some of the test's classes anew. */
	private static final class Fresh extends ClassLoader {

		private static final List<String> OWN = List.of(FirstUseTests.class.getName(), Desk.class.getName(),
				Named.class.getName(), NamedDesk.class.getName());

		Fresh() {
			super(FirstUseTests.class.getClassLoader());
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			synchronized (getClassLoadingLock(name)) {
				if (OWN.contains(name) && findLoadedClass(name) == null) {
					byte[] bytes = bytes(name);
					return defineClass(name, bytes, 0, bytes.length);
				}
			}
			return super.loadClass(name, resolve);
		}

		private byte[] bytes(String name) throws ClassNotFoundException {
			try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
				return in.readAllBytes();
			}
			catch (IOException ex) {
				throw new ClassNotFoundException(name, ex);
			}
		}

	}

}
