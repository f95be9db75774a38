package io.greenroom.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Asks one path over so many connections, each of which sends its next request when it
 * has the answer to the last. HTTP/1.1 with keep-alive, on virtual threads.
 */
final class LoadClient {

	private static final int MAX_LINE = 8192;

	private final int port;

	private final byte[] request;

	private final int connections;

	LoadClient(int port, String path, int connections) {
		this.port = port;
		this.connections = connections;
		this.request = ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
	}

	/** Runs so long, and counts the answers that came in that time. */
	Outcome run(Duration length) throws InterruptedException {
		long end = System.nanoTime() + length.toNanos();
		List<Connection> all = new ArrayList<>();
		for (int i = 0; i < this.connections; i++) {
			all.add(new Connection(end));
		}
		List<Thread> threads = all.stream().map(Thread.ofVirtual()::start).toList();
		for (Thread thread : threads) {
			thread.join();
		}
		long[] latencies = all.stream().flatMapToLong((each) -> Arrays.stream(each.latencies, 0, each.ok)).toArray();
		Arrays.sort(latencies);
		return new Outcome(latencies, all.stream().mapToInt((each) -> each.rejected).sum(),
				all.stream().mapToInt((each) -> each.failed).sum(), length);
	}

	private final class Connection implements Runnable {

		private final long end;

		private long[] latencies = new long[64];

		private int ok;

		private int rejected;

		private int failed;

		Connection(long end) {
			this.end = end;
		}

		@Override
		public void run() {
			while (System.nanoTime() < this.end) {
				try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), LoadClient.this.port)) {
					socket.setTcpNoDelay(true);
					talk(new BufferedInputStream(socket.getInputStream()), socket.getOutputStream());
				}
				catch (IOException ex) {
					this.failed++;
				}
			}
		}

		private void talk(InputStream in, OutputStream out) throws IOException {
			for (long start = System.nanoTime(); start < this.end; start = System.nanoTime()) {
				out.write(LoadClient.this.request);
				out.flush();
				count(readAnswer(in), System.nanoTime(), start);
			}
		}

		private void count(int status, long now, long start) {
			if (now >= this.end) {
				return;
			}
			switch (status) {
				case 200 -> {
					if (this.ok == this.latencies.length) {
						this.latencies = Arrays.copyOf(this.latencies, 2 * this.ok);
					}
					this.latencies[this.ok++] = now - start;
				}
				case 503 -> this.rejected++;
				default -> this.failed++;
			}
		}

	}

	private static int readAnswer(InputStream in) throws IOException {
		int status = Integer.parseInt(readLine(in).split(" ", 3)[1]);
		int length = 0;
		for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
			String header = line.toLowerCase(Locale.ROOT);
			if (header.startsWith("content-length:")) {
				length = Integer.parseInt(header.substring(15).strip());
			}
			else if (header.startsWith("transfer-encoding:")) {
				length = -1;
			}
		}
		if (length >= 0) {
			in.skipNBytes(length);
			return status;
		}
		for (int chunk = chunkSize(in); chunk > 0; chunk = chunkSize(in)) {
			in.skipNBytes(chunk + 2L);
		}
		readLine(in);
		return status;
	}

	private static int chunkSize(InputStream in) throws IOException {
		return Integer.parseInt(readLine(in).strip(), 16);
	}

	private static String readLine(InputStream in) throws IOException {
		StringBuilder line = new StringBuilder(64);
		for (int next = in.read(); next != '\n'; next = in.read()) {
			if (next < 0 || line.length() > MAX_LINE) {
				throw new IOException("The server closed the connection, or sent no HTTP");
			}
			if (next != '\r') {
				line.append((char) next);
			}
		}
		return line.toString();
	}

	/**
	 * What one run has seen.
	 *
	 * @param latencies of the answers with 200, in nanoseconds, sorted
	 * @param rejected how many were answered with 503
	 * @param failed how many were answered otherwise, or not at all
	 * @param length how long the run took
	 */
	record Outcome(long[] latencies, int rejected, int failed, Duration length) {

		double perSecond() {
			return this.latencies.length / (this.length.toNanos() / 1e9);
		}

		double millis(double quantile) {
			return (this.latencies.length == 0) ? Double.NaN
					: this.latencies[(int) Math.min(this.latencies.length - 1L,
							(long) (quantile * this.latencies.length))] / 1e6;
		}

	}

}
