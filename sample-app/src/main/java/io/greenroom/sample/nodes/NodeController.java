package io.greenroom.sample.nodes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Shows which nodes are there, and kills one. Only where the profile is on, and only for
 * pages of this house that are open on this machine.
 */
@RestController
@Profile("node")
class NodeController implements AutoCloseable {

	/**
	 * A page of another house can have a browser send a POST, but not with a header of
	 * this kind: the browser would ask first, and gets no permission.
	 */
	static final String HEADER = "X-Box-Office";

	/** A name that leads here by its owner's DNS is none of these. */
	private static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

	private static final Duration LIMIT = Duration.ofMillis(500);

	private final NodeProperties nodes;

	private final HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build();

	/** Set by the start, before the first request. */
	private volatile int here;

	NodeController(NodeProperties nodes) {
		this.nodes = nodes;
	}

	@EventListener
	void started(WebServerInitializedEvent event) {
		this.here = event.getWebServer().getPort();
	}

	@GetMapping("/nodes")
	List<Node> nodes() {
		return this.nodes.ports()
			.stream()
			.map((port) -> new Node(port, port == this.here, port == this.here || isThere(port)))
			.toList();
	}

	private static boolean isThere(int port) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) LIMIT.toMillis());
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Ends a node as kill -9 does: nothing of it is told, and no handler of its own runs.
	 */
	@PostMapping("/nodes/{port}/kill")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void kill(@PathVariable int port, @RequestHeader(name = HEADER, required = false) @Nullable String header,
			HttpServletRequest request) {
		require(header != null, HttpStatus.FORBIDDEN,
				"Only a page of this house may kill a node: it sends the header " + HEADER + ".");
		require(isLocal(request), HttpStatus.FORBIDDEN, "Only a page on this machine may kill a node.");
		require(this.nodes.ports().contains(port), HttpStatus.NOT_FOUND,
				"There is no node %s. There are: %s.".formatted(port, this.nodes.ports()));
		if (port == this.here) {
			Runtime.getRuntime().halt(137);
		}
		passOn(port);
	}

	/** Its process is ended from inside, so that no other can be meant by mistake. */
	private void passOn(int port) {
		URI address = URI.create("http://127.0.0.1:%s/nodes/%s/kill".formatted(port, port));
		try {
			this.http.send(HttpRequest.newBuilder(address)
				.timeout(LIMIT)
				.header(HEADER, "kill")
				.POST(BodyPublishers.noBody())
				.build(), BodyHandlers.discarding());
		}
		catch (IOException died) {
			// A dead process answers nothing.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static boolean isLocal(HttpServletRequest request) {
		try {
			return InetAddress.getByName(request.getRemoteAddr()).isLoopbackAddress()
					&& HOSTS.contains(request.getServerName());
		}
		catch (UnknownHostException ex) {
			return false;
		}
	}

	private static void require(boolean right, HttpStatus status, String detail) {
		if (!right) {
			throw new ResponseStatusException(status, detail);
		}
	}

	@Override
	public void close() {
		this.http.shutdownNow();
	}

	/**
	 * One of the nodes.
	 *
	 * @param port its HTTP port, which is its name too
	 * @param here whether it is the one that says so
	 * @param up whether it takes connections
	 */
	record Node(int port, boolean here, boolean up) {
	}

}
