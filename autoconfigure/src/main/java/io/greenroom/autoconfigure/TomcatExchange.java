package io.greenroom.autoconfigure;

import java.io.IOException;

import io.greenroom.web.internal.IoWatch;
import io.greenroom.web.internal.ServerExchange;
import io.greenroom.web.internal.WriteWatch;
import org.apache.coyote.ActionCode;
import org.apache.coyote.InputBuffer;
import org.apache.coyote.Request;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.jspecify.annotations.Nullable;

/** A request as Tomcat's connector sees it. */
final class TomcatExchange implements ServerExchange {

	private final Request request;

	/** The output of a watched answer. Written before its first write. */
	private @Nullable TomcatOutput output;

	TomcatExchange(Request request) {
		this.request = request;
		// A connection keeps its buffer from one request to the next.
		watchReads(null);
	}

	@Override
	public void watchReads(@Nullable IoWatch watch) {
		InputBuffer buffer = this.request.getInputBuffer();
		InputBuffer own = (buffer instanceof WatchedBuffer watched) ? watched.buffer() : buffer;
		if (watch != null) {
			this.request.setInputBuffer(new WatchedBuffer(own, watch));
		}
		else if (own != buffer) {
			this.request.setInputBuffer(own);
		}
	}

	@Override
	public void watchWrites(@Nullable WriteWatch watch) {
		TomcatOutput output = (watch != null) ? TomcatOutput.of(this.request.getResponse()) : this.output;
		if (output != null) {
			output.watch(watch);
		}
		this.output = (watch != null) ? output : null;
	}

	@Override
	public void abort() {
		TomcatOutput output = this.output;
		if (output != null) {
			output.abort();
		}
	}

	/**
	 * Reads without blocking, and finds the end of the stream if the client has closed
	 * the connection or its own half of it. Of the protocols, only HTTP/1.1 can be asked.
	 * <p>
	 * If a read fails, Tomcat reports that one byte is available, so that the reader
	 * encounters the failure. A byte that has really arrived is in the buffer after the
	 * check. It is then visible there if it belongs to the body, and prevents the second
	 * check from reading if it belongs to the next request.
	 */
	@Override
	public boolean isClientGone() {
		boolean failed = failsToRead();
		return failed && failsToRead();
	}

	private boolean failsToRead() {
		return available(false) == 0 && available(true) > 0;
	}

	private int available(boolean read) {
		this.request.action(ActionCode.AVAILABLE, read);
		return this.request.getAvailable();
	}

	/** Shows nothing of the request to code that prints the attributes. */
	@Override
	public String toString() {
		return "exchange";
	}

	private record WatchedBuffer(InputBuffer buffer, IoWatch watch) implements InputBuffer {

		@Override
		public int doRead(ApplicationBufferHandler handler) throws IOException {
			return this.watch.<Integer, IOException>transfer(() -> this.buffer.doRead(handler));
		}

		@Override
		public int available() {
			return this.buffer.available();
		}

	}

}
