package io.greenroom.soak;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenResults;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.PoolFullException;
import io.greenroom.green.Slot;
import io.greenroom.green.io.GreenServer;
import io.greenroom.state.IllegalTransitionException;
import io.greenroom.state.State;
import io.greenroom.state.StateHandle;
import io.greenroom.state.StateListener;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import io.greenroom.state.StateMove;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

/** Pools, threads, machines, servers and application contexts. */
final class OtherScenes {

	private OtherScenes() {
	}

	static List<Scene> all(GreenScheduler scheduler) throws IOException {
		return List.of(new Pool(scheduler), new Threads(scheduler), new Moves(scheduler), new Server(scheduler),
				new Contexts());
	}

	/** Slots by every way in, and all come back. */
	private static final class Pool extends Scene {

		private final GreenPool pool;

		private final AtomicInteger inside = new AtomicInteger();

		Pool(GreenScheduler scheduler) {
			super("pool of 4");
			this.pool = scheduler.pool("soak").size(4).queueCapacity(64).build();
		}

		@Override
		void play(ThreadLocalRandom random) throws Throwable {
			called();
			Throwable failure = once(3, random) ? anything(random) : null;
			try {
				switch (random.nextInt(5)) {
					case 0 -> told(this.pool.submit(() -> body(failure)), failure);
					case 1 -> told(this.pool.trySpawn(() -> body(failure)), failure);
					case 2 -> {
						try (Slot slot = this.pool.enter(Duration.ofMillis(random.nextInt(1, 20)))) {
							body(null);
						}
					}
					case 3 -> {
						try {
							Object got = this.pool.apply(() -> body(failure));
							expect(failure == null && Objects.equals(got, 1), "apply returned " + got);
						}
						catch (Throwable thrown) {
							right(thrown, failure);
						}
					}
					default -> {
						try (GreenResults<Integer> results = this.pool.imapUnordered(2,
								IntStream.range(0, 4).boxed().toList(), (item) -> body((item == 2) ? failure : null))) {
							int sum = 0;
							try {
								while (results.hasNext()) {
									sum += results.next();
								}
								expect(failure == null && sum == 4, "four tasks gave " + sum);
							}
							catch (Throwable thrown) {
								right(thrown, failure);
							}
						}
					}
				}
			}
			catch (PoolFullException full) {
				Thread.yield();
			}
			Thread.interrupted();
		}

		private Integer body(Throwable failure) throws Exception {
			expect(this.inside.incrementAndGet() <= 4, "more than four are inside");
			try {
				if (failure != null) {
					io.greenroom.testkit.Unusual.<RuntimeException>sneaky(failure);
				}
				return 1;
			}
			finally {
				this.inside.decrementAndGet();
			}
		}

		private void told(GreenThread<Integer> thread, Throwable failure) throws Throwable {
			try {
				Object got = thread.get();
				expect(failure == null && Objects.equals(got, 1), "a failing task returned " + got);
			}
			catch (Throwable thrown) {
				right(thrown, failure);
			}
		}

		private void right(Throwable thrown, Throwable failure) throws Throwable {
			if (thrown instanceof PoolFullException && failure == null) {
				return;
			}
			expect(thrown == failure || thrown instanceof PoolFullException,
					"another throwable came back: " + thrown.getClass());
		}

		@Override
		String left() {
			return (this.pool.active() + this.pool.queued() == 0) ? ""
					: name() + ": " + this.pool.active() + " active, " + this.pool.queued() + " queued";
		}

		@Override
		void close() {
			this.pool.close();
		}

	}

	/** Threads with links that fail. */
	private static final class Threads extends Scene {

		private final GreenScheduler scheduler;

		private final LongAdder linked = new LongAdder();

		private final LongAdder told = new LongAdder();

		Threads(GreenScheduler scheduler) {
			super("threads with links");
			this.scheduler = scheduler;
		}

		@Override
		void play(ThreadLocalRandom random) throws Throwable {
			called();
			Throwable failure = once(5, random) ? anything(random) : null;
			GreenThread<Integer> thread = this.scheduler.spawn(() -> {
				if (failure != null) {
					io.greenroom.testkit.Unusual.<RuntimeException>sneaky(failure);
				}
				return 1;
			});
			thread.link((ended) -> failNowAndThen());
			this.linked.increment();
			thread.link((ended) -> this.told.increment());
			try {
				expect(Objects.equals(thread.get(), 1) && failure == null, "a failing thread returned");
			}
			catch (Throwable thrown) {
				expect(thrown == failure, "another throwable came back: " + thrown.getClass());
			}
			Thread.interrupted();
		}

		@Override
		String left() {
			return (this.told.sum() == this.linked.sum()) ? ""
					: name() + ": " + this.told + " of " + this.linked + " told";
		}

	}

	/** Goes to and fro; some bodies fail, and so does onStart. */
	public static class Shuttle {

		volatile Throwable next;

		volatile Throwable veto;

		@State(transitionsTo = { "there", "here" }, onStart = "before")
		public void here() throws Throwable {
			body();
		}

		@State(transitionsTo = { "here", "there" }, onStart = "before", timeout = "5ms", onTimeout = "here")
		public void there() throws Throwable {
			body();
		}

		private void body() throws Throwable {
			Throwable failure = this.next;
			if (failure != null) {
				this.next = null;
				throw failure;
			}
		}

		void before(StateHandle next, Object... args) {
			Throwable failure = this.veto;
			if (failure != null) {
				this.veto = null;
				io.greenroom.testkit.Unusual.<RuntimeException>sneaky(failure);
			}
		}

	}

	/** Machines with listeners that fail; each can be moved on, whatever was thrown. */
	private static final class Moves extends Scene {

		private final StateMachines machines;

		Moves(GreenScheduler scheduler) {
			super("machines");
			this.machines = StateMachines.builder(scheduler).listener(new StateListener() {

				@Override
				public void moved(StateMachine machine, StateMove move) {
					failNowAndThen();
				}

				@Override
				public void ended(StateMachine machine) {
					failNowAndThen();
				}

				@Override
				public void rejected(StateMachine machine, IllegalTransitionException rejection) {
					failNowAndThen();
				}

			}).build();
		}

		@Override
		void play(ThreadLocalRandom random) throws Throwable {
			Shuttle shuttle = this.machines.create(Shuttle.class);
			StateMachine machine = this.machines.of(shuttle);
			int moves = random.nextInt(1, 10);
			for (int i = 0; i < moves; i++) {
				called();
				Throwable veto = once(10, random) ? anything(random) : null;
				shuttle.veto = veto;
				if (once(10, random)) {
					shuttle.next = anything(random);
				}
				try {
					if (i % 2 == 0) {
						shuttle.here();
					}
					else {
						shuttle.there();
					}
				}
				catch (IllegalTransitionException illegal) {
					// Its timeout has moved it, or it has failed and is started by any
					// state.
				}
				catch (Throwable thrown) {
					expect(thrown == veto || veto == null && thrown.getClass().getName().contains("green"),
							"the mover got " + thrown.getClass());
				}
				Thread.interrupted();
				shuttle.veto = null;
				if (!machine.awaitRest(Duration.ofSeconds(20))) {
					wrong("does not come to rest: " + machine);
					return;
				}
			}
			machine.stop();
			if (machine.status() != StateMachine.Status.NEW && !machine.join(Duration.ofSeconds(20))) {
				wrong("does not stop: " + machine);
			}
		}

		@Override
		String left() {
			return "";
		}

		@Override
		void close() {
			this.machines.close();
		}

	}

	/** A server whose handler fails for every third client. */
	private static final class Server extends Scene {

		private final GreenPool pool;

		private final GreenServer server;

		private final AtomicInteger clients = new AtomicInteger();

		Server(GreenScheduler scheduler) throws IOException {
			super("server");
			this.pool = scheduler.pool("soak-server", 4);
			this.server = GreenServer.listen(scheduler, this.pool,
					new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), (connection) -> {
						int asked = connection.getInputStream().read();
						connection.getOutputStream().write(asked);
						connection.getOutputStream().flush();
						if (this.clients.incrementAndGet() % 3 == 0) {
							io.greenroom.testkit.Unusual
								.<RuntimeException>sneaky(anything(ThreadLocalRandom.current()));
						}
					});
		}

		@Override
		void play(ThreadLocalRandom random) throws Throwable {
			if (!once(20, random)) {
				return;
			}
			called();
			int asked = random.nextInt(256);
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.server.port())) {
				socket.setSoTimeout(30_000);
				socket.getOutputStream().write(asked);
				expect(socket.getInputStream().read() == asked, "another answer");
				try {
					expect(socket.getInputStream().read() == -1, "the connection was left open");
				}
				catch (java.net.SocketException reset) {
					// Closed, but not in good order.
				}
			}
		}

		@Override
		String left() {
			return (this.server.connections() == 0 && this.pool.active() == 0) ? ""
					: name() + ": " + this.server.connections() + " connections, " + this.pool.active() + " slots";
		}

		@Override
		void close() throws InterruptedException {
			this.server.stop(Duration.ofSeconds(5));
			this.pool.close();
		}

	}

	/** Contexts with a child each, many at once. */
	private static final class Contexts extends Scene {

		private static final AtomicInteger loops = new AtomicInteger();

		Contexts() {
			super("contexts");
		}

		@Override
		void play(ThreadLocalRandom random) throws Throwable {
			if (!once(400, random)) {
				return;
			}
			called();
			try (AnnotationConfigApplicationContext parent = new AnnotationConfigApplicationContext()) {
				parent.register(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class, Parent.class);
				parent.refresh();
				try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
					child.setParent(parent);
					child.register(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class, Child.class);
					child.refresh();
					expect(child.getBean(Till.class).add() == 1, "a child's handler lost a call");
					expect(child.getBean(Till.class).add() == 1, "a prototype is shared");
					expect(child.getBean(Looping.class).asked() == 1, "a loop lost a call");
					expect(parent.getBean(Till.class).add() == 1, "a parent's handler lost a call");
					Deferred<?> handle = (Deferred<?>) child.getBean("looping.deferred");
					expect(handle.calls().pending() == 0, "somebody else called");
				}
				expect(parent.getBean(Till.class).add() == 1, "the parent went with its child");
			}
		}

		@Override
		String left() {
			return (loops.get() == 0) ? "" : name() + ": " + loops + " loops run on";
		}

		@Configuration(proxyBeanMethods = false)
		static class Parent {

			@Bean
			@Scope("prototype")
			Till till() {
				return new Till();
			}

		}

		@Configuration(proxyBeanMethods = false)
		static class Child {

			@Bean
			@Scope("prototype")
			Till till() {
				return new Till();
			}

			@Bean
			Looping looping() {
				return new Looping();
			}

		}

	}

	/** A prototype. */
	@DeferredHandler
	public static class Till {

		private int sum;

		public int add() {
			return ++this.sum;
		}

		@Oneway
		public void later() {
			this.sum++;
		}

	}

	/** A handler with a loop. */
	@DeferredHandler
	public static class Looping {

		private int asked;

		@ProcessingLoop
		void run(DeferredCalls calls) {
			Contexts.loops.incrementAndGet();
			try {
				while (!calls.isClosing()) {
					calls.process(Duration.ofMillis(20));
				}
			}
			finally {
				Contexts.loops.decrementAndGet();
			}
		}

		public int asked() {
			return ++this.asked;
		}

	}

}
