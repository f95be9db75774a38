package io.greenroom.sample.chat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.io.GreenServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** The chat for terminals, with a green thread for each connection. */
@Component
class TelnetServer {

	private static final int CONNECTIONS = 100;

	private static final Duration GREETING = Duration.ofSeconds(30);

	private static final Duration SILENCE = Duration.ofMinutes(10);

	private static final Duration PARTING = Duration.ofSeconds(2);

	private static final Logger log = LoggerFactory.getLogger(TelnetServer.class);

	private final Room room;

	private final GreenScheduler scheduler;

	private final ChatProperties properties;

	private volatile @Nullable GreenServer server; // set once, by the thread that starts

	TelnetServer(Room room, GreenScheduler scheduler, ChatProperties properties) {
		this.room = room;
		this.scheduler = scheduler;
		this.properties = properties;
	}

	@EventListener(ApplicationReadyEvent.class)
	void open() {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(),
				this.properties.telnetPort());
		try {
			GreenServer server = GreenServer.listen(this.scheduler, this.scheduler.pool("telnet", CONNECTIONS), address,
					this::talk);
			this.server = server;
			log.info("The chat listens for terminals: telnet localhost {}", server.port());
		}
		catch (IOException taken) {
			log.warn(
					"The chat can't listen for terminals on {}: {}. It continues without them;"
							+ " set box-office.chat.telnet-port to a free port, or to 0 for any",
					address, taken.getMessage());
		}
	}

	/**
	 * Plain blocking code: ask for a name, then pass on all lines until the connection
	 * ends.
	 */
	private void talk(Socket socket) throws IOException, InterruptedException {
		Telnet terminal = new Telnet(socket);
		socket.setSoTimeout((int) GREETING.toMillis());
		terminal.send("This is the green room. Your name, please:");
		try {
			String name = terminal.readLine();
			if (name != null) {
				socket.setSoTimeout((int) SILENCE.toMillis());
				listen(terminal, name);
			}
		}
		catch (NotAdmittedException no) {
			terminal.send(no.why());
		}
		catch (SocketTimeoutException silence) {
			log.info("A terminal said nothing for too long; its connection is closed");
		}
		catch (IOException gone) {
			log.debug("A terminal has disconnected", gone);
		}
	}

	private void listen(Telnet terminal, String name) throws IOException, InterruptedException {
		try (Conversation conversation = Conversation.begin(this.room, this.scheduler, name, terminal)) {
			for (String line = terminal.readLine(); line != null; line = terminal.readLine()) {
				conversation.hear(line);
			}
		}
	}

	/** Returns the port, or 0 if the chat does not listen for terminals. */
	int port() {
		GreenServer server = this.server;
		return (server != null) ? server.port() : 0;
	}

	/** Terminals that have not sent their name yet must not delay the shutdown. */
	@EventListener(ContextClosedEvent.class)
	@Order(1)
	void close() throws InterruptedException {
		GreenServer server = this.server;
		if (server != null) {
			server.stop(PARTING);
		}
	}

}
