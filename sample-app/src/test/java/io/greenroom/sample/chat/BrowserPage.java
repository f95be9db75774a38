package io.greenroom.sample.chat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.greenroom.sample.Customer;
import org.jspecify.annotations.Nullable;

/** The chat of a page: a WebSocket, with a limit on every wait. */
final class BrowserPage implements AutoCloseable {

	private final HttpClient http = HttpClient.newHttpClient();

	private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

	private final CompletableFuture<Integer> closed = new CompletableFuture<>();

	private final WebSocket socket;

	private BrowserPage(int port, boolean reads, @Nullable String origin) throws Exception {
		WebSocket.Builder builder = this.http.newWebSocketBuilder();
		if (origin != null) {
			builder.header("Origin", origin);
		}
		this.socket = builder.buildAsync(URI.create("ws://127.0.0.1:" + port + "/chat"), new Listener(reads))
			.get(Customer.LIMIT.toSeconds(), TimeUnit.SECONDS);
	}

	static BrowserPage connect(int port) throws Exception {
		return new BrowserPage(port, true, null);
	}

	static BrowserPage connectFrom(int port, String origin) throws Exception {
		return new BrowserPage(port, true, origin);
	}

	static BrowserPage connectWithoutReading(int port) throws Exception {
		return new BrowserPage(port, false, null);
	}

	static BrowserPage enter(int port, String name) throws Exception {
		BrowserPage page = connect(port);
		page.say(name);
		page.until("* " + name + " came in.");
		return page;
	}

	void say(String line) throws Exception {
		this.socket.sendText(line, true).get(Customer.LIMIT.toSeconds(), TimeUnit.SECONDS);
	}

	String read() throws InterruptedException {
		String line = this.lines.poll(Customer.LIMIT.toSeconds(), TimeUnit.SECONDS);
		if (line == null) {
			throw new AssertionError("Nobody said anything in " + Customer.LIMIT);
		}
		return line;
	}

	String until(String text) throws InterruptedException {
		String line = read();
		while (!line.contains(text)) {
			line = read();
		}
		return line;
	}

	/** Waits for the end, and returns the status. */
	int ends() throws Exception {
		return this.closed.get(Customer.LIMIT.toSeconds(), TimeUnit.SECONDS);
	}

	@Override
	public void close() {
		this.socket.abort();
		this.http.shutdownNow();
	}

	private final class Listener implements WebSocket.Listener {

		private final boolean reads;

		private final StringBuilder parts = new StringBuilder();

		Listener(boolean reads) {
			this.reads = reads;
		}

		@Override
		public void onOpen(WebSocket socket) {
			if (this.reads) {
				socket.request(Long.MAX_VALUE);
			}
		}

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
			this.parts.append(part);
			if (last) {
				BrowserPage.this.lines.add(this.parts.toString());
				this.parts.setLength(0);
			}
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
			BrowserPage.this.lines.add(reason);
			BrowserPage.this.closed.complete(status);
			return null;
		}

		@Override
		public void onError(WebSocket socket, Throwable error) {
			BrowserPage.this.closed.completeExceptionally(error);
		}

	}

}
