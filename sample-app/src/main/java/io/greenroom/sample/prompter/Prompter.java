package io.greenroom.sample.prompter;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.io.GreenServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * The replying end. Receives a line of the play and replies with the next one, on a green
 * thread for each connection.
 */
@Component
class Prompter {

	private static final int CONNECTIONS = 20;

	private static final Duration PARTING = Duration.ofSeconds(1);

	private static final List<String> PLAY = List.of("To be, or not to be, that is the question:",
			"Whether 'tis nobler in the mind to suffer", "The slings and arrows of outrageous fortune,",
			"Or to take arms against a sea of troubles", "And by opposing end them.", "To die, to sleep,", "No more;");

	private static final Logger log = LoggerFactory.getLogger(Prompter.class);

	private final GreenScheduler scheduler;

	private final PrompterProperties properties;

	private volatile @Nullable GreenServer server; // set once, by the thread that starts

	Prompter(GreenScheduler scheduler, PrompterProperties properties) {
		this.scheduler = scheduler;
		this.properties = properties;
	}

	@EventListener(ApplicationReadyEvent.class)
	void open() {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), this.properties.port());
		try {
			GreenServer server = GreenServer.listen(this.scheduler, this.scheduler.pool("prompter", CONNECTIONS),
					address, Prompter::serve);
			this.server = server;
			log.info("The prompter listens on port {} of {}", server.port(), address.getAddress());
		}
		catch (IOException taken) {
			log.warn(
					"The prompter can't listen on {}: {}. The house continues without a prompter;"
							+ " set box-office.prompter.port to a free port, or to 0 for any",
					address, taken.getMessage());
		}
	}

	/** Plain blocking code: read, look up, reply. */
	private static void serve(Socket socket) throws IOException {
		try (Frames frames = new Frames(socket)) {
			while (true) {
				frames.write(after(frames.read()));
			}
		}
		catch (EOFException hungUp) {
			log.debug("An actor has disconnected", hungUp);
		}
	}

	private static String after(String line) {
		int spoken = PLAY.indexOf(line.strip());
		return (spoken == -1) ? "Louder, please." : PLAY.get((spoken + 1) % PLAY.size());
	}

	/** Returns the address, or {@code null} while there is no prompter. */
	@Nullable InetSocketAddress address() {
		GreenServer server = this.server;
		return (server != null) ? new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()) : null;
	}

	/** Called before the drain, which would wait for the end of every connection. */
	@EventListener(ContextClosedEvent.class)
	void close() throws InterruptedException {
		GreenServer server = this.server;
		if (server != null) {
			server.stop(PARTING);
		}
	}

}
