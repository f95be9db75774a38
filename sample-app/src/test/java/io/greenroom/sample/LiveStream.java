package io.greenroom.sample;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an open page is told, read on a virtual thread. */
final class LiveStream implements AutoCloseable {

	private static final JsonMapper JSON = JsonMapper.shared();

	private final Stream<String> lines;

	private final BlockingQueue<JsonNode> pictures = new LinkedBlockingQueue<>();

	private final Thread reader;

	LiveStream(Stream<String> lines) {
		this.lines = lines;
		this.reader = Thread.startVirtualThread(this::read);
	}

	private void read() {
		try {
			this.lines.filter((line) -> line.startsWith("data:"))
				.map((line) -> JSON.readTree(line.substring("data:".length())))
				.forEach(this.pictures::add);
		}
		catch (RuntimeException closed) {
			// The test or the server has closed the stream.
		}
	}

	/** Waits for the first picture that is as asked; those before it are dropped. */
	JsonNode until(Predicate<JsonNode> asked) throws InterruptedException {
		String last = "nothing";
		long end = System.nanoTime() + Customer.LIMIT.toNanos();
		while (true) {
			JsonNode picture = this.pictures.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
			if (picture == null) {
				throw new AssertionError("No such picture came; the last one was " + last);
			}
			if (asked.test(picture)) {
				return picture;
			}
			last = picture.toString();
		}
	}

	JsonNode untilState(String state) throws InterruptedException {
		return until((picture) -> picture.at("/show/state").asString().equals(state));
	}

	/** Waits for the server to end the stream. */
	boolean ends() throws InterruptedException {
		return this.reader.join(Customer.LIMIT);
	}

	@Override
	public void close() {
		this.lines.close();
	}

}
