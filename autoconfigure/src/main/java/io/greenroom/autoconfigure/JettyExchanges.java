package io.greenroom.autoconfigure;

import io.greenroom.web.IoWatch;
import io.greenroom.web.ServerExchange;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/** Shows requests as Jetty's core has them, below its servlets. */
final class JettyExchanges extends Handler.Wrapper {

	@Override
	public boolean handle(Request request, Response response, Callback callback) throws Exception {
		Exchange exchange = new Exchange(request);
		request.setAttribute(ServerExchange.ATTRIBUTE, exchange);
		return super.handle(exchange, response, callback);
	}

	private static final class Exchange extends Request.Wrapper implements ServerExchange {

		/** Volatile: the server reads on threads of its own. */
		private volatile @Nullable IoWatch reads;

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

		/** Shows nothing of the request to those who print the attributes. */
		@Override
		public String toString() {
			return "exchange";
		}

	}

}
