package io.greenroom.consumer;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.green.GreenScheduler;
import io.greenroom.state.State;
import io.greenroom.state.StateMachines;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * An application that the developer tools restart once, in a class loader of its own each
 * time; Greenroom and other libraries stay in the loader below. After each start it
 * prints what works.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({ RestartedApplication.Counter.class, RestartedApplication.Lamp.class, RestartedApplication.Runs.class })
public class RestartedApplication {

	/** What outlives a restart, under keys that are no texts. */
	private static final Object BEFORE = Thread.State.NEW;

	private RestartedApplication() {
	}

	/** Starts, and is started again by the tools. */
	public static void main(String[] args) {
		SpringApplication.run(RestartedApplication.class, args);
	}

	@DeferredHandler
	public static class Counter {

		private int calls;

		public int next() {
			return ++this.calls;
		}

	}

	public static class Lamp {

		private final List<String> states = new CopyOnWriteArrayList<>();

		@State(initial = true, transitionsTo = "lit")
		public void dark() {
			this.states.add("dark");
			lit();
		}

		@State
		public void lit() {
			this.states.add("lit");
		}

		public List<String> states() {
			return this.states;
		}

	}

	/** Uses all parts after a start, and has the first one followed by another. */
	public static class Runs implements ApplicationRunner {

		private final Counter counter;

		private final Deferred<Counter> handle;

		private final Lamp lamp;

		private final StateMachines machines;

		private final GreenScheduler scheduler;

		public Runs(Counter counter, Deferred<Counter> handle, Lamp lamp, StateMachines machines,
				GreenScheduler scheduler) {
			this.counter = counter;
			this.handle = handle;
			this.lamp = lamp;
			this.machines = machines;
			this.scheduler = scheduler;
		}

		@Override
		@SuppressWarnings("unchecked")
		public void run(ApplicationArguments arguments) throws Exception {
			this.lamp.dark();
			this.machines.of(this.lamp).join();
			List<Object> seen = new ArrayList<>(List.of(this.counter.next(), this.handle.sync().next(),
					this.lamp.states(), this.scheduler.spawn(() -> "sung").get()));
			WeakReference<ClassLoader> before = (WeakReference<ClassLoader>) System.getProperties().get(BEFORE);
			ClassLoader own = getClass().getClassLoader();
			if (before == null) {
				System.out.println("first: " + seen);
				System.getProperties().put(BEFORE, new WeakReference<>(own));
				Class<?> restarter = Class.forName("org.springframework.boot.devtools.restart.Restarter");
				Object instance = restarter.getMethod("getInstance").invoke(null);
				Thread.ofPlatform().start(() -> {
					try {
						restarter.getMethod("restart").invoke(instance);
					}
					catch (ReflectiveOperationException ex) {
						ex.printStackTrace();
						Runtime.getRuntime().halt(1);
					}
				});
			}
			else {
				seen.add(GreenScheduler.class.getClassLoader() != own);
				System.out.println("answer: " + seen);
				System.exit(0);
			}
		}

	}

}
