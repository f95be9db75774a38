package io.greenroom.sample.chat;

import java.io.IOException;

import io.greenroom.green.GreenScheduler;

import org.springframework.stereotype.Component;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/**
 * The chat for browsers. The first message is the name, like the first line on a
 * terminal. The server delivers messages one at a time, on a virtual thread, which may
 * block. Only the conversation sends messages.
 */
@Component
class ChatSocket extends TextWebSocketHandler {

	private static final String CONVERSATION = "conversation";

	private final Room room;

	private final GreenScheduler scheduler;

	ChatSocket(Room room, GreenScheduler scheduler) {
		this.room = room;
		this.scheduler = scheduler;
	}

	@Override
	protected void handleTextMessage(WebSocketSession session, TextMessage message) throws Exception {
		if (session.getAttributes().get(CONVERSATION) instanceof Conversation conversation) {
			conversation.hear(message.getPayload());
		}
		else {
			begin(session, message.getPayload());
		}
	}

	private void begin(WebSocketSession session, String name) throws IOException {
		try {
			session.getAttributes()
				.put(CONVERSATION, Conversation.begin(this.room, this.scheduler, name, new Browser(session)));
		}
		catch (NotAdmittedException no) {
			session.close(CloseStatus.POLICY_VIOLATION.withReason(no.why()));
		}
	}

	@Override
	public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
		if (session.getAttributes().get(CONVERSATION) instanceof Conversation conversation) {
			conversation.close();
		}
	}

	/**
	 * A browser at the other end of a WebSocket.
	 *
	 * @param session the connection
	 */
	private record Browser(WebSocketSession session) implements Wire {

		@Override
		public void send(String line) throws IOException {
			try {
				this.session.sendMessage(new TextMessage(line));
			}
			catch (IllegalStateException closed) {
				throw new IOException(closed); // the browser has disconnected
			}
		}

		@Override
		public void close() throws IOException {
			this.session.close();
		}

	}

}
