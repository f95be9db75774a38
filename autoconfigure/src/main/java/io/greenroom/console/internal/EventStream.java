package io.greenroom.console.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

import jakarta.servlet.AsyncContext;

/** Writes frames as server-sent events, each with a single write. Used by one thread. */
final class EventStream implements FrameSink {

	private static final byte[] BEFORE = "data: ".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] AFTER = "\n\n".getBytes(StandardCharsets.US_ASCII);

	private final AsyncContext context;

	EventStream(AsyncContext context) {
		this.context = context;
	}

	@Override
	public void write(byte[] frame) throws IOException {
		byte[] event = new byte[BEFORE.length + frame.length + AFTER.length];
		System.arraycopy(BEFORE, 0, event, 0, BEFORE.length);
		System.arraycopy(frame, 0, event, BEFORE.length, frame.length);
		System.arraycopy(AFTER, 0, event, BEFORE.length + frame.length, AFTER.length);
		OutputStream out = this.context.getResponse().getOutputStream();
		out.write(event);
		out.flush();
	}

}
