package io.greenroom.autoconfigure;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.web.internal.IoWatch;
import io.greenroom.web.internal.ServerExchange;
import io.greenroom.web.internal.WriteWatch;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/** Exposes requests as Jetty's core sees them, below its servlets. */
final class JettyExchanges extends Handler.Wrapper {

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		Exchange exchange = new Exchange(request);
		request.setAttribute(ServerExchange.ATTRIBUTE, exchange);
		return super.handle(exchange, new Answer(exchange, response), callback);
	}

	private static IOException tooLate() {
		return new IOException("The client did not read the answer in time");
	}

	private static final class Exchange extends Request.Wrapper implements ServerExchange {

		/** Volatile, because the server reads on threads of its own. */
		private volatile @Nullable IoWatch reads;

		/** Confined to the thread that has the request, like the following fields. */
		private @Nullable WriteWatch writes;

		private long written;

		private final AtomicReference<@Nullable Write> pending = new AtomicReference<>();

		Exchange(Request request) {
			super(request);
		}

		@Override
		public void watchReads(@Nullable IoWatch watch) {
			this.reads = watch;
		}

		@Override
		public Content.@Nullable Chunk read() {
			IoWatch watch = this.reads;
			if (watch != null) {
				try {
					watch.requireInTime();
				}
				catch (RuntimeException late) {
					return Content.Chunk.from(late, true);
				}
			}
			return super.read();
		}

		@Override
		public void demand(Runnable demandCallback) {
			IoWatch watch = this.reads;
			if (watch == null) {
				super.demand(demandCallback);
				return;
			}
			watch.waits();
			super.demand(Invocable.from(Invocable.getInvocationType(demandCallback), () -> {
				watch.goesOn();
				demandCallback.run();
			}));
		}

		@Override
		public void watchWrites(@Nullable WriteWatch watch) {
			this.writes = watch;
			this.written = 0;
		}

		/**
		 * Returns the watch for a write, or {@code null} for a write that does not wait.
		 */
		@Nullable WriteWatch watchOf(@Nullable ByteBuffer content) {
			WriteWatch watch = this.writes;
			if (watch != null && content != null) {
				this.written += content.remaining();
			}
			return (this.written > WriteWatch.UNWATCHED) ? watch : null;
		}

		@Override
		public void abort() {
			if (getConnectionMetaData().getHttpVersion().getVersion() < HttpVersion.HTTP_2.getVersion()) {
				endPoint().close();
				return;
			}
			Write write = this.pending.get();
			if (write != null) {
				write.failed(tooLate());
			}
		}

		/**
		 * Jetty does not read while a request is being handled, so most disconnects are
		 * noticed only when the answer is written.
		 */
		@Override
		public boolean isClientGone() {
			EndPoint connection = endPoint();
			return !connection.isOpen() || connection.isInputShutdown();
		}

		private EndPoint endPoint() {
			return getConnectionMetaData().getConnection().getEndPoint();
		}

		/** Shows nothing of the request to code that prints the attributes. */
		@Override
		public String toString() {
			return "exchange";
		}

	}

	private static final class Answer extends Response.Wrapper {

		private final Exchange exchange;

		Answer(Exchange exchange, Response response) {
			super(exchange, response);
			this.exchange = exchange;
		}

		@Override
		public void write(boolean last, @Nullable ByteBuffer content, Callback callback) {
			WriteWatch watch = this.exchange.watchOf(content);
			if (watch == null) {
				super.write(last, content, callback);
				return;
			}
			if (watch.isLate()) {
				callback.failed(tooLate());
				return;
			}
			Write write = new Write(this.exchange, watch, callback);
			this.exchange.pending.set(write);
			watch.waits();
			super.write(last, content, write);
		}

	}

	/**
	 * A write that may wait for its client. It ends once, by itself or when it is late.
	 */
	private static final class Write extends Callback.Nested {

		private final Exchange exchange;

		private final WriteWatch watch;

		private final AtomicBoolean over = new AtomicBoolean();

		Write(Exchange exchange, WriteWatch watch, Callback callback) {
			super(callback);
			this.exchange = exchange;
			this.watch = watch;
		}

		@Override
		public void succeeded() {
			if (end()) {
				super.succeeded();
			}
		}

		@Override
		public void failed(Throwable failure) {
			if (end()) {
				super.failed(failure);
			}
		}

		private boolean end() {
			boolean first = this.over.compareAndSet(false, true);
			if (first) {
				this.exchange.pending.compareAndSet(this, null);
				this.watch.goesOn();
			}
			return first;
		}

	}

}
