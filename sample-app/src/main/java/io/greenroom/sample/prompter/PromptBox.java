package io.greenroom.sample.prompter;

import java.time.Duration;

import io.greenroom.deferred.DeferredHandler;
import org.jspecify.annotations.Nullable;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ.Socket;
import org.zeromq.ZMQException;

import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.web.server.ResponseStatusException;

/**
 * The asking end. A request socket is one thread's, and asks and hears by turns: just
 * what a handler does with its callers, so all of them share one socket without a lock.
 */
@Service
@DeferredHandler
class PromptBox {

	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private final ZContext messages;

	private final Prompter prompter;

	private @Nullable Socket socket;

	PromptBox(ZContext messages, Prompter prompter) {
		this.messages = messages;
		this.prompter = prompter;
	}

	/** Blocks for the reply, at most {@link #PATIENCE}. */
	String ask(String line) {
		Socket socket = open();
		String reply = null;
		try {
			socket.send(line);
			reply = socket.recvStr();
		}
		catch (ZMQException interrupted) {
			throw silence(interrupted);
		}
		finally {
			if (reply == null) {
				hangUp(socket); // a socket that waits for a reply can't ask again
			}
		}
		if (reply == null) {
			throw silence(null);
		}
		return reply;
	}

	private Socket open() {
		if (this.socket == null) {
			String endpoint = this.prompter.endpoint();
			if (endpoint == null) {
				throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE,
						"There is no prompter in the house; the log of the start says why.");
			}
			Socket fresh = this.messages.createSocket(SocketType.REQ);
			fresh.setReceiveTimeOut((int) PATIENCE.toMillis());
			fresh.setSendTimeOut((int) PATIENCE.toMillis());
			fresh.setLinger(0);
			fresh.connect(endpoint);
			this.socket = fresh;
		}
		return this.socket;
	}

	private void hangUp(Socket socket) {
		this.socket = null;
		socket.close();
	}

	private static ResponseStatusException silence(@Nullable ZMQException cause) {
		return new ResponseStatusException(HttpStatus.GATEWAY_TIMEOUT,
				"The prompter was asked and did not answer within %s. Ask again.".formatted(PATIENCE), cause);
	}

}
