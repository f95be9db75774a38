package io.greenroom.autoconfigure;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;

import io.greenroom.web.internal.WriteWatch;
import org.apache.coyote.AbstractProcessor;
import org.apache.coyote.ActionCode;
import org.apache.coyote.ActionHook;
import org.apache.coyote.NonPipeliningProcessor;
import org.apache.coyote.OutputBuffer;
import org.apache.coyote.Response;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sits between a response of Tomcat's connector and its connection, for as long as the
 * two belong together or, with HTTP/2, for one answer. A watch sees each write and flush
 * that may block. Tomcat has no accessor for the buffer behind it, so its fields are read
 * reflectively.
 */
final class TomcatOutput implements OutputBuffer, ActionHook {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.web");

	private static final @Nullable Access ACCESS = Access.find();

	private final Response response;

	private final OutputBuffer buffer;

	private final ActionHook hook;

	/** Confined to the thread that has the request, like the following fields. */
	private @Nullable WriteWatch watch;

	private long written;

	/** The thread that may be blocked. Guarded by this. */
	private @Nullable Thread writer;

	private TomcatOutput(Response response, OutputBuffer buffer, ActionHook hook) {
		this.response = response;
		this.buffer = buffer;
		this.hook = hook;
	}

	/** Returns {@code null} if Tomcat's fields are not accessible. */
	static @Nullable TomcatOutput of(Response response) {
		return (ACCESS != null) ? ACCESS.outputOf(response) : null;
	}

	void watch(@Nullable WriteWatch watch) {
		this.watch = watch;
		this.written = 0;
		if (watch == null && ACCESS != null && this.hook instanceof NonPipeliningProcessor) {
			// Tomcat recognizes by its type that it is for one answer only.
			ACCESS.putBack(this);
		}
	}

	@Override
	public int doWrite(ByteBuffer chunk) throws IOException {
		WriteWatch watch = this.watch;
		if (watch == null) {
			return this.buffer.doWrite(chunk);
		}
		this.written += chunk.remaining();
		if (this.written <= WriteWatch.UNWATCHED) {
			return this.buffer.doWrite(chunk);
		}
		begin(watch);
		try {
			if (watch.isLate()) {
				throw new IOException("The client did not read the answer in time");
			}
			return this.buffer.doWrite(chunk);
		}
		finally {
			end(watch);
		}
	}

	@Override
	public long getBytesWritten() {
		return this.buffer.getBytesWritten();
	}

	@Override
	public void action(ActionCode code, Object parameter) {
		WriteWatch watch = (code == ActionCode.CLIENT_FLUSH) ? this.watch : null;
		if (watch == null || this.written <= WriteWatch.UNWATCHED) {
			this.hook.action(code, parameter);
			return;
		}
		begin(watch);
		try {
			this.hook.action(code, parameter);
		}
		finally {
			end(watch);
		}
	}

	private void begin(WriteWatch watch) {
		synchronized (this) {
			this.writer = Thread.currentThread();
		}
		watch.waits();
	}

	private void end(WriteWatch watch) {
		synchronized (this) {
			this.writer = null;
		}
		watch.goesOn();
		if (watch.isLate()) {
			// The interrupt, if any, came from here and was meant for the write.
			Thread.interrupted();
		}
	}

	/**
	 * Ends a connection of HTTP/1.1: nothing can be written any more, and Tomcat closes
	 * it when it notices that. Closing it here would take the request from a thread that
	 * has it. With HTTP/2, only the stream ends, by its blocked write, which is
	 * interrupted.
	 */
	void abort() {
		if (ACCESS != null && this.hook instanceof Http11Processor processor) {
			endConnection(ACCESS.socketOf(processor));
		}
		synchronized (this) {
			if (this.writer != null) {
				this.writer.interrupt();
			}
		}
	}

	private static void endConnection(@Nullable SocketWrapperBase<?> socket) {
		if (socket != null && socket.getSocket() instanceof NioChannel channel) {
			try {
				// Data that the client has not read is discarded.
				channel.getIOChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
				channel.getIOChannel().shutdownOutput();
			}
			catch (IOException ended) {
				log.debug("A connection that was about to be ended has ended by itself", ended);
			}
		}
	}

	/** Access to internals of Tomcat. */
	private record Access(VarHandle buffer, VarHandle hook, MethodHandle socket) {

		static @Nullable Access find() {
			try {
				MethodHandles.Lookup lookup = MethodHandles.lookup();
				MethodHandles.Lookup response = MethodHandles.privateLookupIn(Response.class, lookup);
				return new Access(response.findVarHandle(Response.class, "outputBuffer", OutputBuffer.class),
						response.findVarHandle(Response.class, "hook", ActionHook.class),
						MethodHandles.privateLookupIn(AbstractProcessor.class, lookup)
							.findVirtual(AbstractProcessor.class, "getSocketWrapper",
									MethodType.methodType(SocketWrapperBase.class)));
			}
			catch (ReflectiveOperationException | RuntimeException hidden) {
				log.warn("The output of this Tomcat version is not accessible, so greenroom.pools.*.write-timeout "
						+ "has no effect: {}", hidden.toString());
				return null;
			}
		}

		@Nullable TomcatOutput outputOf(Response response) {
			OutputBuffer buffer = (OutputBuffer) this.buffer.get(response);
			if (buffer instanceof TomcatOutput output) {
				return output;
			}
			ActionHook hook = (ActionHook) this.hook.getVolatile(response);
			if (buffer == null || hook == null) {
				return null;
			}
			ActionHook own = (hook instanceof TomcatOutput earlier) ? earlier.hook : hook;
			TomcatOutput output = new TomcatOutput(response, buffer, own);
			this.buffer.set(response, output);
			this.hook.setVolatile(response, output);
			return output;
		}

		void putBack(TomcatOutput output) {
			if (this.buffer.get(output.response) == output) {
				this.buffer.set(output.response, output.buffer);
				this.hook.setVolatile(output.response, output.hook);
			}
		}

		@Nullable SocketWrapperBase<?> socketOf(AbstractProcessor processor) {
			try {
				return (SocketWrapperBase<?>) this.socket.invoke(processor);
			}
			catch (Throwable failure) {
				throw new IllegalStateException("The connection of Tomcat is not accessible", failure);
			}
		}

	}

}
