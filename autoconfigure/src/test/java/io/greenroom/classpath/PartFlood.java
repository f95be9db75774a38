package io.greenroom.classpath;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.PoolFullException;
import io.greenroom.green.io.GreenServer;
import io.greenroom.state.IllegalTransitionException;
import io.greenroom.state.State;
import io.greenroom.state.StateListener;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import io.greenroom.state.StateMove;
import io.greenroom.testkit.ForkedJvm;
import io.greenroom.testkit.Until;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.FileSystemUtils;

/**
 * Far more tasks, moves, connections or stored calls, each with a payload, than a heap
 * can hold, to a pool, a machine, a server or an outbox. Says what became of them.
 */
public final class PartFlood {

	private static final int CALLERS = 8;

	private static final int PAYLOAD = 1000;

	private final AtomicInteger accepted = new AtomicInteger();

	private final AtomicInteger told = new AtomicInteger();

	private final AtomicInteger ran = new AtomicInteger();

	private PartFlood() {
	}

	/** The arguments are the part and how many. */
	public static void main(String[] args) throws Exception {
		PartFlood flood = new PartFlood();
		int many = Integer.parseInt(args[1]);
		switch (args[0]) {
			case "pool" -> flood.pool(many);
			case "machine" -> flood.machine(many);
			case "server" -> flood.server(many);
			case "outbox" -> flood.outbox(many);
			default -> throw new IllegalArgumentException(args[0]);
		}
		System.out.println(ForkedJvm.ANSWER
				+ "%d accepted, %d told, %d ran".formatted(flood.accepted.get(), flood.told.get(), flood.ran.get()));
		System.exit(0);
	}

	private void pool(int many) throws Exception {
		GreenScheduler scheduler = GreenScheduler.builder().build();
		GreenPool pool = scheduler.pool("flooded").size(4).queueCapacity(1000).build();
		call(many, () -> {
			byte[] payload = new byte[PAYLOAD];
			pool.submit(() -> {
				if (payload.length == PAYLOAD) {
					this.ran.incrementAndGet();
				}
			});
		});
		pool.join();
	}

	private void machine(int many) throws Exception {
		StateMachines machines = StateMachines.builder(GreenScheduler.builder().build()).listener(new StateListener() {

			@Override
			public void moved(StateMachine machine, StateMove move) {
				PartFlood.this.ran.incrementAndGet();
			}

		}).build();
		Lamp lamp = machines.create(Lamp.class);
		call(many, () -> {
			byte[] payload = new byte[PAYLOAD];
			if (ThreadLocalRandom.current().nextBoolean()) {
				lamp.on(payload);
			}
			else {
				lamp.off(payload);
			}
		});
		machines.close();
	}

	private void server(int many) throws Exception {
		GreenScheduler scheduler = GreenScheduler.builder().build();
		GreenPool pool = scheduler.pool("connections").size(4).queueCapacity(10).build();
		InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
		try (GreenServer server = GreenServer.listen(scheduler, pool, any, (connection) -> {
			connection.getInputStream().readNBytes(PAYLOAD);
			this.ran.incrementAndGet();
			connection.getOutputStream().write(1);
		})) {
			InetSocketAddress address = new InetSocketAddress(any.getAddress(), server.port());
			call(many, () -> {
				try (Socket client = new Socket()) {
					client.connect(address);
					client.getOutputStream().write(new byte[PAYLOAD]);
					if (client.getInputStream().read() != 1) {
						throw new IllegalStateException("no answer");
					}
				}
			});
		}
	}

	private void outbox(int many) throws Exception {
		Path folder = Files.createTempDirectory("flood");
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Outbox.class)
			.web(WebApplicationType.NONE)
			.properties("flood.url=jdbc:h2:file:" + folder.resolve("outbox"), "spring.main.banner-mode=off",
					"spring.jmx.enabled=false")
			.run()) {
			Post post = context.getBean(Post.class);
			call(many, () -> post.take("x".repeat(PAYLOAD)));
			Until.until("all to be delivered", Duration.ofMinutes(4), () -> Post.taken.get() >= many);
			this.ran.set(Post.taken.get());
		}
		FileSystemUtils.deleteRecursively(folder);
	}

	/** Has some callers make so many calls. */
	private void call(int many, Call call) {
		List<CompletableFuture<Void>> callers = new ArrayList<>();
		for (int i = 0; i < CALLERS; i++) {
			callers.add(CompletableFuture.runAsync(() -> {
				for (int k = 0; k < many / CALLERS; k++) {
					make(call);
				}
			}, (body) -> Thread.ofPlatform().start(body)));
		}
		CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new)).join();
	}

	private void make(Call call) {
		try {
			call.make();
			this.accepted.incrementAndGet();
		}
		catch (PoolFullException | IllegalTransitionException rejected) {
			this.told.incrementAndGet();
		}
		catch (Exception failure) {
			throw new IllegalStateException(failure);
		}
	}

	/** One call, task, move or connection. */
	@FunctionalInterface
	private interface Call {

		void make() throws Exception;

	}

	/** Is switched on and off. A body may make way before it has begun. */
	static class Lamp {

		@State(initial = true, transitionsTo = "off")
		void on(byte[] payload) {
		}

		@State(initial = true, transitionsTo = "on")
		void off(byte[] payload) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Outbox {

		@Bean
		HikariDataSource dataSource(@Value("${flood.url}") String url) {
			HikariDataSource pool = new HikariDataSource();
			pool.setJdbcUrl(url);
			return pool;
		}

		@Bean
		Post post() {
			return new Post();
		}

	}

	/** Takes letters more slowly than they are written. */
	@DeferredHandler
	static class Post {

		static final AtomicInteger taken = new AtomicInteger();

		@Oneway(durable = true)
		void take(String letter) throws InterruptedException {
			if (taken.incrementAndGet() % 100 == 0) {
				Thread.sleep(1);
			}
		}

	}

}
