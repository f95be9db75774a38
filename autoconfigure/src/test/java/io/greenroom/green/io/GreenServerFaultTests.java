package io.greenroom.green.io;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.ThreadShortage;
import io.greenroom.green.internal.SchedulerAccess;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.observe.Observer;
import io.greenroom.observe.ThreadGauges;
import io.greenroom.observe.ThreadListener;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import io.greenroom.testkit.Unusual;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A server outlives whatever meets one of its connections. */
@Timeout(60)
@CloseSchedulers
class GreenServerFaultTests {

	private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

	private final ThreadShortage shortage = new ThreadShortage();

	private final AtomicReference<@Nullable Unusual> inCapture = new AtomicReference<>();

	private final AtomicReference<@Nullable Unusual> inHandler = new AtomicReference<>();

	private final GreenScheduler scheduler = this.shortage.on(GreenScheduler.builder())
		.contextCarrier(() -> failOr(this.inCapture, ContextCarrier.Snapshot.EMPTY))
		.drainTimeout(Duration.ofMillis(500))
		.build();

	private final GreenPool pool = this.scheduler.pool("connections", 4);

	@AfterEach
	void close() {
		this.shortage.end();
	}

	private static <T> T failOr(AtomicReference<@Nullable Unusual> failure, T value) {
		Unusual each = failure.getAndSet(null);
		return (each != null) ? each.raise() : value;
	}

	private void answer(Socket client) throws IOException {
		client.getOutputStream().write(failOr(this.inHandler, 7));
	}

	/** What a client reads: 7 from a server that serves, -1 from one that hangs up. */
	private static int ask(GreenServer server) throws IOException {
		try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
			client.setSoTimeout(20_000);
			return client.getInputStream().read();
		}
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F01 an acceptor whose context can't be captured hangs up on that client and serves the next")
	void captureFails(Unusual failure) throws IOException {
		GreenServer server = GreenServer.listen(this.scheduler, this.pool, ANY, this::answer);
		this.inCapture.set(failure);
		assertThat(ask(server)).isEqualTo(-1);
		assertThat(ask(server)).isEqualTo(7);
		Until.until("the slots to be back", () -> this.pool.free() == 4 && server.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F02 a handler that throws anything ends its connection and no other")
	void handlerFails(Unusual failure) throws IOException {
		GreenServer server = GreenServer.listen(this.scheduler, this.pool, ANY, this::answer);
		this.inHandler.set(failure);
		assertThat(ask(server)).isEqualTo(-1);
		assertThat(ask(server)).isEqualTo(7);
		Until.until("the slots to be back", () -> this.pool.free() == 4 && server.connections() == 0);
	}

	@Test
	@DisplayName("F03 without memory for a handler's thread a client is hung up on, and the next is served")
	void noThread() throws IOException {
		GreenServer server = GreenServer.listen(this.scheduler, this.pool, ANY, this::answer);
		assertThat(ask(server)).isEqualTo(7);
		this.shortage.next(1);
		assertThat(ask(server)).isEqualTo(-1);
		assertThat(ask(server)).isEqualTo(7);
		Until.until("the slots to be back", () -> this.pool.free() == 4 && server.connections() == 0);
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F01 a listener that can't accept for a while, with too many open files say, is tried again")
	void acceptFails(Unusual failure) throws IOException {
		AtomicInteger left = new AtomicInteger(2);
		ServerSocket listener = new ServerSocket() {
			@Override
			public Socket accept() throws IOException {
				return (left.getAndDecrement() > 0) ? failure.raise() : super.accept();
			}
		};
		listener.bind(ANY);
		GreenServer server = GreenServer.listen(this.scheduler, this.pool, listener, this::answer);
		assertThat(ask(server)).isEqualTo(7);
		assertThat(left.get()).isLessThanOrEqualTo(0);
	}

	@Test
	@DisplayName("H11 F01 a client whose handler is killed before it begins is hung up on, and the next is served")
	void killedBeforeItBegins() throws Exception {
		AtomicInteger kills = new AtomicInteger(1);
		AtomicReference<GreenPool> handlers = new AtomicReference<>();
		Observer killer = new Observer() {

			@Override
			public ThreadListener threads(String name, ThreadGauges gauges) {
				return new ThreadListener() {

					@Override
					public void spawned() {
						List<GreenThread<?>> begun = (handlers.get() != null) ? handlers.get().members() : List.of();
						if (!begun.isEmpty() && kills.getAndDecrement() > 0) {
							begun.forEach(GreenThread::kill);
						}
					}

				};
			}

		};
		try (GreenScheduler killing = GreenScheduler.builder().observer(killer).build()) {
			handlers.set(killing.pool("handlers", 4));
			GreenServer server = GreenServer.listen(killing, handlers.get(), ANY, this::answer);
			assertThat(ask(server)).isEqualTo(-1);
			assertThat(ask(server)).isEqualTo(7);
			Until.until("the slots to be back", () -> handlers.get().free() == 4 && server.connections() == 0);
		}
	}

	@Test
	@DisplayName("F01 a server whose acceptor is killed by a stranger leaves no deaf port")
	void acceptorKilled() throws Exception {
		ServerSocket listener = new ServerSocket();
		listener.bind(ANY);
		GreenServer server = GreenServer.listen(this.scheduler, this.pool, listener, this::answer);
		assertThat(ask(server)).isEqualTo(7);
		SchedulerAccess.get().killAll(this.scheduler);
		Until.until("the port to be closed", listener::isClosed);
		server.stop(Duration.ZERO);
	}

}
