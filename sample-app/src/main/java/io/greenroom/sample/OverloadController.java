package io.greenroom.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import io.greenroom.green.GreenResults;
import io.greenroom.green.GreenScheduler;
import io.greenroom.web.RunInPool;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.env.Environment;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sends twenty customers for a report, first to the bounded address and then to the one
 * without a bound, over HTTP. Says what each of them has got as soon as it is known, one
 * line of JSON for each. A customer waits for so long and leaves.
 */
@RestController
class OverloadController {

	private static final int CUSTOMERS = 20;

	private final GreenScheduler scheduler;

	private final HttpClient telephone;

	private final Ledger ledger;

	private final JsonMapper json;

	private final Environment environment;

	private final Duration patience;

	OverloadController(GreenScheduler scheduler, HttpClient telephone, Ledger ledger, JsonMapper json,
			Environment environment, BoxOfficeProperties properties) {
		this.scheduler = scheduler;
		this.telephone = telephone;
		this.ledger = ledger;
		this.json = json;
		this.environment = environment;
		this.patience = properties.patience();
	}

	@PostMapping("/overload")
	@RunInPool("overload")
	void overload(HttpServletResponse page) throws IOException, InterruptedException {
		page.setContentType("application/x-ndjson");
		for (String path : List.of("/reports", "/reports/unbounded")) {
			try (GreenResults<Visit> visits = this.scheduler.group()
				.imapUnordered(IntStream.range(0, CUSTOMERS).boxed().toList(), (customer) -> visit(path, customer))) {
				while (visits.hasNext()) {
					tell(page, visits.next());
				}
			}
		}
		this.ledger.read(); // after the reports of those who have left
	}

	private Visit visit(String path, int customer) throws IOException, InterruptedException {
		long start = System.nanoTime();
		int status = 0;
		String retryAfter = "";
		try {
			HttpResponse<Void> answer = this.telephone.send(request(path), BodyHandlers.discarding());
			status = answer.statusCode();
			retryAfter = answer.headers().firstValue("Retry-After").orElse("");
		}
		catch (HttpTimeoutException left) {
			// The server is not told, and writes the report all the same.
		}
		return new Visit(path, customer, status, retryAfter, (System.nanoTime() - start) / 1_000_000);
	}

	private HttpRequest request(String path) {
		String port = this.environment.getRequiredProperty("local.server.port");
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(this.patience).build();
	}

	private void tell(HttpServletResponse page, @Nullable Visit visit) throws IOException {
		page.getOutputStream().write((this.json.writeValueAsString(visit) + "\n").getBytes(StandardCharsets.UTF_8));
		page.flushBuffer();
	}

	/**
	 * What one customer has got.
	 *
	 * @param path where the customer has asked
	 * @param customer a number, from 0
	 * @param status the status of the answer; 0 if the customer has left without one
	 * @param retryAfter the answer's {@code Retry-After}; empty if it has none
	 * @param millis how long that took
	 */
	record Visit(String path, int customer, int status, String retryAfter, long millis) {
	}

}
