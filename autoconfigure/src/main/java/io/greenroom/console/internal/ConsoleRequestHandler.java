package io.greenroom.console.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

import io.greenroom.actuate.internal.GreenroomDump;
import io.greenroom.actuate.internal.GreenroomEndpoint;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.HttpRequestHandler;

/**
 * Serves the page and handles its requests, all of which are read-only. This class is
 * thread-safe.
 */
public final class ConsoleRequestHandler implements HttpRequestHandler, AutoCloseable {

	/** The number of seconds after which a rejected viewer should try again. */
	private static final String RETRY_AFTER = "10";

	private static final int ROOM_OF_MACHINES = 30_000;

	private final Supplier<GreenroomEndpoint> endpoint;

	private final Supplier<Boolean> writable;

	private final String path;

	private final Viewers viewers;

	private final ConsolePage page = ConsolePage.load();

	/**
	 * Creates the handler.
	 * @param endpoint supplies the endpoint; used from the first request on
	 * @param writable supplies whether the endpoint has write operations
	 * @param path the path of the page within the servlet
	 * @param interval the minimum time between two frames
	 */
	public ConsoleRequestHandler(Supplier<GreenroomEndpoint> endpoint, Supplier<Boolean> writable, String path,
			Duration interval) {
		this.endpoint = endpoint;
		this.writable = writable;
		this.path = path;
		this.viewers = new Viewers(this::frame, Viewers.Terms.of(interval));
	}

	private byte[] frame() {
		return ConsoleFrame.of(this.endpoint.get().overview(ConsoleFrame.PROBLEMS), Instant.now());
	}

	/**
	 * Returns the paths that this handler serves.
	 * @return the path of the page, and the paths below it
	 */
	public List<String> paths() {
		return List.of(this.path, this.path + "/*");
	}

	@Override
	public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws IOException {
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		response.setHeader("X-Content-Type-Options", "nosniff");
		response.setHeader("Referrer-Policy", "no-referrer");
		response.setHeader("Content-Security-Policy", this.page.policy());
		String uri = request.getRequestURI();
		switch (uri.substring(uri.lastIndexOf('/') + 1)) {
			case "events" -> watch(request, response);
			case "access" -> answer(response, access(request));
			case "handlers" ->
				answer(response, ConsoleFrame.handlers(this.endpoint.get().overview(0), parameter(request, "text")));
			case "threads" -> answer(response, threads(parameter(request, "text")));
			case "machines" -> answer(response, machines(parameter(request, "type"), parameter(request, "state")));
			default -> page(uri, response);
		}
	}

	private static String parameter(HttpServletRequest request, String name) {
		String value = request.getParameter(name);
		return (value != null) ? value : "";
	}

	private void page(String uri, HttpServletResponse response) throws IOException {
		if (!uri.endsWith(this.path)) {
			text(response, HttpStatus.NOT_FOUND, "There is nothing here");
			return;
		}
		response.setHeader("X-Frame-Options", "DENY");
		write(response, MediaType.TEXT_HTML, this.page.html().getBytes(StandardCharsets.UTF_8));
	}

	private void watch(HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (!request.getMethod().equals("GET")) {
			text(response, HttpStatus.METHOD_NOT_ALLOWED, "This path accepts requests for an event stream only");
			return;
		}
		response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
		response.setHeader("X-Accel-Buffering", "no");
		AsyncContext context = request.startAsync();
		context.setTimeout(0);
		try {
			this.viewers.add(new EventStream(context), context::complete);
		}
		catch (TooManyViewersException full) {
			response.setHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER);
			text(response, HttpStatus.SERVICE_UNAVAILABLE, String.valueOf(full.getMessage()));
			context.complete();
		}
	}

	private String access(HttpServletRequest request) {
		JsonText json = new JsonText().begin('{').name("write").value(this.writable.get());
		CsrfHeader csrf = CsrfHeader.of(request);
		if (csrf != null) {
			json.name("header").value(csrf.name()).name("token").value(csrf.token());
		}
		return json.end('}').toString();
	}

	private String threads(String text) {
		GreenroomEndpoint known = this.endpoint.get();
		return ThreadSearch.search(known.threads(0, 0), (frames) -> known.threads(frames, Integer.MAX_VALUE), text);
	}

	private @Nullable String machines(String type, String state) {
		List<GreenroomDump.Machine> found = this.endpoint.get().machines(type, state);
		if (found == null) {
			return null;
		}
		JsonText json = new JsonText().begin('{');
		ConsoleFrame.rows(json, "machines", found.size(), found, ROOM_OF_MACHINES, (row, machine) -> {
			Instant since = machine.since();
			row.begin('{').name("name").value(machine.machine()).name("status").value(machine.status());
			row.name("since").value((since != null) ? since.toString() : null).end('}');
		});
		return json.end('}').toString();
	}

	private static void answer(HttpServletResponse response, @Nullable String json) throws IOException {
		if (json == null) {
			text(response, HttpStatus.NOT_FOUND, "There is nothing of that name");
			return;
		}
		write(response, MediaType.APPLICATION_JSON, json.getBytes(StandardCharsets.US_ASCII));
	}

	private static void text(HttpServletResponse response, HttpStatus status, String text) throws IOException {
		response.setStatus(status.value());
		write(response, MediaType.TEXT_PLAIN, text.getBytes(StandardCharsets.UTF_8));
	}

	private static void write(HttpServletResponse response, MediaType type, byte[] body) throws IOException {
		response.setContentType(new MediaType(type, StandardCharsets.UTF_8).toString());
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

	/** Returns the number of viewers. */
	int viewers() {
		return this.viewers.count();
	}

	/** Returns whether frames are being created. */
	boolean isAtWork() {
		return this.viewers.isAtWork();
	}

	/**
	 * Disconnects all viewers, so that the server does not have to wait for them, and
	 * rejects new ones.
	 */
	@Override
	public void close() {
		this.viewers.close();
	}

}
