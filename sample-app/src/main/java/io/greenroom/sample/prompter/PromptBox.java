package io.greenroom.sample.prompter;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

import io.greenroom.deferred.DeferredHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.web.server.ResponseStatusException;

/**
 * The requesting end. Requests and replies alternate on a connection, so a request must
 * not be sent before the previous one was answered. A handler serves its callers in
 * exactly that way, so all of them share one connection without a lock.
 */
@Service
@DeferredHandler
class PromptBox {

	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private final Prompter prompter;

	private @Nullable Frames frames;

	PromptBox(Prompter prompter) {
		this.prompter = prompter;
	}

	/** Waits for the reply for up to {@link #PATIENCE}. */
	String ask(String line) {
		try {
			Frames frames = open();
			frames.write(line);
			return frames.read();
		}
		catch (IOException silence) {
			hangUp(); // a late reply must not answer the next request
			throw new ResponseStatusException(HttpStatus.GATEWAY_TIMEOUT,
					"The prompter was asked and did not answer within %s. Ask again.".formatted(PATIENCE), silence);
		}
	}

	private Frames open() throws IOException {
		if (this.frames == null) {
			InetSocketAddress address = this.prompter.address();
			if (address == null) {
				throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE,
						"There is no prompter in the house; the reason is in the start-up log.");
			}
			Socket socket = new Socket();
			socket.connect(address, (int) PATIENCE.toMillis());
			socket.setSoTimeout((int) PATIENCE.toMillis());
			this.frames = new Frames(socket);
		}
		return this.frames;
	}

	@EventListener(ContextClosedEvent.class)
	void hangUp() {
		Frames frames = this.frames;
		this.frames = null;
		try {
			if (frames != null) {
				frames.close();
			}
		}
		catch (IOException unclean) {
			// The connection is gone in either case.
		}
	}

}
