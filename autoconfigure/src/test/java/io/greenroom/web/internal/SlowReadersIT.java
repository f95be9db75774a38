package io.greenroom.web.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.greenroom.web.RunInPool;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static io.greenroom.web.internal.SlotCounts.awaitAllBack;
import static io.greenroom.web.internal.SlotCounts.pool;
import static io.greenroom.web.internal.SlotCounts.until;
import static org.assertj.core.api.Assertions.assertThat;

/** Clients that do not read, or hardly, what they have asked for. */
@Timeout(60)
class SlowReadersIT {

	private static final int MUCH = 8 * 1024 * 1024;

	private static RunningApp start(String on, String writeTimeout) {
		return RunningApp.startOn(on, App.class, "greenroom.pools.one.size=1", "greenroom.pools.one.queue-capacity=3",
				"greenroom.pools.one.queue-timeout=20s", "greenroom.pools.one.write-timeout=" + writeTimeout);
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H23 a client that reads 40 bytes a second loses its slot after write-timeout and then its connection; the slot comes back once")
	void hardlyReads(String on) throws Exception {
		try (RunningApp app = start(on, "300ms");
				ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
			SlotCounts counts = app.bean(SlotCounts.class);
			for (String path : new String[] { "/body", "/writes", "/prints", "/flushes" }) {
				int before = counts.given();
				try (Socket client = new Socket()) {
					client.setReceiveBufferSize(1024);
					client.connect(new InetSocketAddress("127.0.0.1", app.port()));
					client.setSoTimeout(20_000);
					client.getOutputStream()
						.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
							.getBytes(StandardCharsets.ISO_8859_1));
					InputStream answer = client.getInputStream();
					clock.scheduleWithFixedDelay(() -> readABit(answer), 0, 100, TimeUnit.MILLISECONDS);
					until(() -> counts.given() == before + 1);
					long start = System.nanoTime();
					assertThat(app.get("/small").body()).isEqualTo("small");
					assertThat(Duration.ofNanos(System.nanoTime() - start)).as(path)
						.isBetween(Duration.ofMillis(200), Duration.ofSeconds(20));
					awaitAllBack(app);
					// The thread that wrote has come out of its write.
					until(() -> app.bean(Endpoints.class).inside == 0);
					assertThat(readToEnd(answer)).as(path).isLessThan(MUCH);
				}
				assertThat(counts.back()).as(path).isEqualTo(before + 2);
			}
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat http2 inline", "tomcat http2 hop" })
	@DisplayName("H23 H22 over HTTP/2 only the stream ends that nobody reads")
	void streamsThatNobodyReads(String on) throws Exception {
		try (RunningApp app = start(on, "300ms")) {
			app.get("/small");
			SlotCounts counts = app.bean(SlotCounts.class);
			int before = counts.given();
			CompletableFuture<HttpResponse<Void>> unread = app.getAsync("/body",
					(_) -> HttpResponse.BodySubscribers.fromSubscriber(new ReadsNothing()));
			until(() -> counts.given() == before + 1);
			HttpResponse<String> other = app.get("/small");
			assertThat(other.body()).isEqualTo("small");
			assertThat(other.version()).isEqualTo(HttpClient.Version.HTTP_2);
			awaitAllBack(app);
			until(() -> app.bean(Endpoints.class).inside == 0);
			assertThat(counts.back()).isEqualTo(before + 2);
			assertThat(unread).isNotNull();
			assertThat(app.get("/small").statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("H23 A04 work between writes does not count, streaming holds no slot, and write-timeout=0 waits for any client")
	void whoIsNotMeant(String on) throws Exception {
		try (RunningApp app = start(on, "300ms")) {
			assertThat(app.get("/thinks").body()).hasSize(5 * 20_000);
			try (Socket client = slow(app, "/streams")) {
				assertThat(client.getInputStream().read()).isEqualTo('H');
				assertThat(app.get("/small").body()).isEqualTo("small");
				Thread.sleep(Duration.ofMillis(500)); // what is tested is that time
														// passes
				assertThat(readToEnd(client.getInputStream())).isGreaterThan(MUCH);
			}
			awaitAllBack(app);
		}
		try (RunningApp app = start(on, "0"); Socket client = slow(app, "/body")) {
			assertThat(client.getInputStream().read()).isEqualTo('H');
			Thread.sleep(Duration.ofMillis(500)); // what is tested is that time passes
			assertThat(pool(app).active()).isEqualTo(1);
			assertThat(readToEnd(client.getInputStream())).isGreaterThan(MUCH);
			awaitAllBack(app);
		}
	}

	private static Socket slow(RunningApp app, String path) throws IOException {
		Socket client = new Socket();
		client.setReceiveBufferSize(16 * 1024);
		client.connect(new InetSocketAddress("127.0.0.1", app.port()));
		client.setSoTimeout(20_000);
		client.getOutputStream()
			.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
				.getBytes(StandardCharsets.ISO_8859_1));
		return client;
	}

	private static void readABit(InputStream answer) {
		try {
			synchronized (answer) {
				answer.readNBytes(4);
			}
		}
		catch (IOException over) {
			// The connection has ended, which is what is waited for.
		}
	}

	private static long readToEnd(InputStream answer) {
		long length = 0;
		byte[] some = new byte[64 * 1024];
		synchronized (answer) {
			try {
				for (int read = answer.read(some); read >= 0; read = answer.read(some)) {
					length += read;
				}
			}
			catch (IOException reset) {
				// As good an end as any.
			}
		}
		return length;
	}

	/** Asks for nothing, so that the stream's window closes. */
	private static final class ReadsNothing implements Flow.Subscriber<java.util.List<java.nio.ByteBuffer>> {

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
		}

		@Override
		public void onNext(java.util.List<java.nio.ByteBuffer> item) {
		}

		@Override
		public void onError(Throwable failure) {
		}

		@Override
		public void onComplete() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Endpoints.class)
	static class App {

		@Bean
		SlotCounts slotCounts() {
			return new SlotCounts();
		}

	}

	@RestController
	@RunInPool("one")
	static class Endpoints {

		private volatile int inside;

		@GetMapping("/small")
		String small() {
			return "small";
		}

		@GetMapping("/body")
		byte[] body() {
			return new byte[MUCH];
		}

		@GetMapping("/writes")
		void writes(HttpServletResponse response) throws IOException {
			this.inside = 1;
			try {
				response.getOutputStream().write(new byte[MUCH]);
			}
			finally {
				this.inside = 0;
			}
		}

		@GetMapping("/prints")
		void prints(HttpServletResponse response) throws IOException {
			this.inside = 1;
			try {
				String line = "x".repeat(1000);
				for (int i = 0; i < MUCH / 1000 && !response.getWriter().checkError(); i++) {
					response.getWriter().println(line);
				}
			}
			finally {
				this.inside = 0;
			}
		}

		@GetMapping("/flushes")
		void flushes(HttpServletRequest request, HttpServletResponse response) throws IOException {
			this.inside = 1;
			try {
				byte[] little = new byte[1000];
				for (int i = 0; i < MUCH / 1000; i++) {
					response.getOutputStream().write(little);
					response.flushBuffer();
				}
			}
			finally {
				this.inside = 0;
			}
		}

		@GetMapping("/thinks")
		void thinks(HttpServletResponse response) throws Exception {
			for (int i = 0; i < 5; i++) {
				response.getOutputStream().write(new byte[20_000]);
				Thread.sleep(Duration.ofMillis(100)); // what is tested is that time
														// passes
			}
		}

		@GetMapping("/streams")
		StreamingResponseBody streams() {
			return (out) -> out.write(new byte[MUCH]);
		}

	}

}
