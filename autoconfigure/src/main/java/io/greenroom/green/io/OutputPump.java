package io.greenroom.green.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;

import io.greenroom.green.internal.Outside;

/**
 * Reads a stream to its end, so that its writer never blocks, and keeps the beginning.
 * Runs on a platform thread, like the JDK's own wait for each process: reading a pipe
 * blocks its thread, and on a virtual thread that would be a carrier.
 */
final class OutputPump {

	private final InputStream stream;

	private final int limit;

	/**
	 * Guarded by this, because the output of a killed process is read while it may still
	 * grow.
	 */
	private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

	/** Guarded by this. */
	private boolean truncated;

	private final Outside<?> end;

	OutputPump(InputStream stream, int limit) {
		this.stream = stream;
		this.limit = limit;
		this.end = Outside.begin("greenroom-output", this::pump);
	}

	private boolean pump() {
		byte[] buffer = new byte[8192];
		try (this.stream) {
			for (int read = this.stream.read(buffer); read >= 0; read = this.stream.read(buffer)) {
				keep(buffer, read);
			}
			return true;
		}
		catch (IOException closed) {
			// The process is gone, so there is no more output.
			return false;
		}
	}

	private synchronized void keep(byte[] bytes, int length) {
		int room = this.limit - this.kept.size();
		this.truncated |= length > room;
		this.kept.write(bytes, 0, Math.min(length, room));
	}

	/** Waits for the end of the stream; returns whether it came in time. */
	boolean await(long nanos) throws InterruptedException {
		if (!this.end.await(nanos)) {
			return false;
		}
		this.end.result();
		return true;
	}

	synchronized String text(Charset charset) {
		return this.kept.toString(charset);
	}

	synchronized boolean truncated() {
		return this.truncated;
	}

}
