package io.greenroom.sample.prompter;

import java.time.Duration;
import java.util.List;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQ.Socket;
import org.zeromq.ZMQException;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Hears a line of the play and says the one that follows: the replying end, a loop on one
 * green thread. Clients of any language may ask.
 */
@Component
class Prompter {

	/** Longer messages are not read at all; the library hangs up on who sends them. */
	private static final long LONGEST = 4096;

	private static final Duration PARTING = Duration.ofSeconds(2);

	private static final List<String> PLAY = List.of("To be, or not to be, that is the question:",
			"Whether 'tis nobler in the mind to suffer", "The slings and arrows of outrageous fortune,",
			"Or to take arms against a sea of troubles", "And by opposing end them.", "To die, to sleep,", "No more;");

	private static final Logger log = LoggerFactory.getLogger(Prompter.class);

	private final ZContext messages;

	private final GreenScheduler scheduler;

	private final PrompterProperties properties;

	private volatile @Nullable String endpoint; // set once, by the thread that starts

	private volatile @Nullable GreenThread<Void> box; // so is this

	Prompter(ZContext messages, GreenScheduler scheduler, PrompterProperties properties) {
		this.messages = messages;
		this.scheduler = scheduler;
		this.properties = properties;
	}

	@EventListener(ApplicationReadyEvent.class)
	void open() {
		Socket socket = this.messages.createSocket(SocketType.REP);
		socket.setMaxMsgSize(LONGEST);
		String address = "tcp://127.0.0.1:" + ((this.properties.port() == 0) ? "*" : this.properties.port());
		try {
			socket.bind(address);
			this.endpoint = socket.getLastEndpoint();
			this.box = this.scheduler.spawnDetached("prompter", () -> serve(socket));
			log.info("The prompter sits at {}", this.endpoint);
		}
		catch (ZMQException taken) {
			socket.close();
			log.warn(
					"The prompter should sit at {}, and can't: {}. The house goes on without a prompter;"
							+ " set box-office.prompter.port to a free port, or to 0 for any",
					address, ZMQ.Error.findByCode(taken.getErrorCode()).getMessage());
		}
	}

	/** Plain blocking code: hear, think, say. */
	private void serve(Socket socket) {
		try {
			while (true) {
				String line = socket.recvStr();
				while (socket.hasReceiveMore()) {
					socket.recv(); // one part is enough
				}
				socket.send(after(line));
			}
		}
		catch (ZMQException end) {
			log.debug("The prompter goes home", end);
		}
		finally {
			socket.close();
		}
	}

	private static String after(String line) {
		int spoken = PLAY.indexOf(line.strip());
		return (spoken == -1) ? "Louder, please." : PLAY.get((spoken + 1) % PLAY.size());
	}

	/** Returns where to ask; nothing while there is no prompter. */
	@Nullable String endpoint() {
		return this.endpoint;
	}

	@EventListener(ContextClosedEvent.class)
	void close() throws InterruptedException {
		GreenThread<Void> box = this.box;
		if (box != null) {
			box.kill(PARTING);
		}
	}

}
