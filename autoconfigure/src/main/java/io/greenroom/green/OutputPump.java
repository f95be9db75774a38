package io.greenroom.green;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.time.Duration;

/**
 * Reads a stream to its end on a virtual thread of its own, so that its writer never
 * stops, and keeps the beginning.
 */
final class OutputPump {

	private final InputStream stream;

	private final int limit;

	/** Guarded by this: a killed process's output is read while it may still grow. */
	private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

	/** Guarded by this. */
	private boolean truncated;

	private final Thread thread;

	OutputPump(InputStream stream, int limit) {
		this.stream = stream;
		this.limit = limit;
		this.thread = Thread.ofVirtual().name("greenroom-output").start(this::pump);
	}

	private void pump() {
		byte[] buffer = new byte[8192];
		try (this.stream) {
			for (int read = this.stream.read(buffer); read >= 0; read = this.stream.read(buffer)) {
				keep(buffer, read);
			}
		}
		catch (IOException closed) {
			// The process is gone; what was read is what there is.
		}
	}

	private synchronized void keep(byte[] bytes, int length) {
		int room = this.limit - this.kept.size();
		this.truncated |= length > room;
		this.kept.write(bytes, 0, Math.min(length, room));
	}

	/** Waits for the end of the stream; returns whether it came in time. */
	boolean await(Duration limit) throws InterruptedException {
		return limit.isZero() ? !this.thread.isAlive() : this.thread.join(limit);
	}

	synchronized String text(Charset charset) {
		return this.kept.toString(charset);
	}

	synchronized boolean truncated() {
		return this.truncated;
	}

}
