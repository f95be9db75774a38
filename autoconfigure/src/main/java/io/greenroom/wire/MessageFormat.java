package io.greenroom.wire;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Converts messages to and from bytes. A message consists of texts and numbers only, and
 * reading one never takes more memory than its bytes justify. Safe for use by multiple
 * threads.
 */
public final class MessageFormat {

	private static final byte VERSION = 1;

	private static final byte ENVELOPE = 1;

	private static final byte ANSWER = 2;

	/** The maximum number of causes that travel. */
	private static final int MOST_CAUSES = 16;

	/** The maximum number of stack frames that travel. */
	private static final int MOST_FRAMES = 256;

	private final int longest;

	/**
	 * Creates a format.
	 * @param longest the maximum size of a message in bytes
	 */
	public MessageFormat(int longest) {
		this.longest = longest;
	}

	/**
	 * Writes a message.
	 * @param message the message
	 * @param sentAt the time of sending, by the sender's own clock
	 * @return its bytes
	 * @throws CodecException if the message is too long
	 */
	public byte[] write(Message message, long sentAt) {
		Objects.requireNonNull(message, "message");
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
		try (DataOutputStream out = new DataOutputStream(bytes)) {
			out.writeByte(VERSION);
			out.writeLong(sentAt);
			switch (message) {
				case Envelope envelope -> write(out, envelope);
				case Answer answer -> write(out, answer);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		if (bytes.size() > this.longest) {
			throw new CodecException(
					"The limit of a message between nodes is %s bytes, and this one has %s; send less, or a reference to the data"
						.formatted(this.longest, bytes.size()),
					null);
		}
		return bytes.toByteArray();
	}

	private static void write(DataOutputStream out, Envelope envelope) throws IOException {
		out.writeByte(ENVELOPE);
		text(out, envelope.id());
		out.writeInt(envelope.attempt());
		text(out, envelope.handler());
		text(out, envelope.key());
		text(out, envelope.method());
		text(out, envelope.arguments());
		text(out, envelope.mode().name());
		out.writeLong(envelope.remaining().toNanos());
		out.writeInt(envelope.context().size());
		for (Map.Entry<String, String> entry : envelope.context().entrySet()) {
			text(out, entry.getKey());
			text(out, entry.getValue());
		}
		out.writeInt(envelope.chain().size());
		for (Envelope.Waiting waiting : envelope.chain()) {
			text(out, waiting.target());
			out.writeBoolean(waiting.reading());
		}
	}

	private static void write(DataOutputStream out, Answer answer) throws IOException {
		out.writeByte(ANSWER);
		text(out, answer.id());
		out.writeInt(answer.attempt());
		text(out, answer.kind().name());
		optional(out, answer.value());
		write(out, answer.failure(), 0);
	}

	private static void write(DataOutputStream out, @Nullable FailureData failure, int depth) throws IOException {
		if (failure == null || depth == MOST_CAUSES) {
			out.writeBoolean(false);
			return;
		}
		out.writeBoolean(true);
		text(out, failure.type());
		optional(out, failure.message());
		optional(out, failure.properties());
		List<StackTraceElement> frames = failure.frames().subList(0, Math.min(MOST_FRAMES, failure.frames().size()));
		out.writeInt(frames.size());
		for (StackTraceElement frame : frames) {
			optional(out, frame.getModuleName());
			optional(out, frame.getModuleVersion());
			text(out, frame.getClassName());
			text(out, frame.getMethodName());
			optional(out, frame.getFileName());
			out.writeInt(frame.getLineNumber());
		}
		write(out, failure.cause(), depth + 1);
	}

	private static void text(DataOutputStream out, String text) throws IOException {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		out.writeInt(bytes.length);
		out.write(bytes);
	}

	private static void optional(DataOutputStream out, @Nullable String text) throws IOException {
		out.writeBoolean(text != null);
		if (text != null) {
			text(out, text);
		}
	}

	/**
	 * Reads a message.
	 * @param bytes the bytes, from an unknown sender
	 * @return the message
	 * @throws CodecException if the bytes are not a message, or too long
	 */
	public Sent read(byte[] bytes) {
		if (bytes.length > this.longest) {
			throw new CodecException(
					"%s bytes were received, but the limit of a message is %s".formatted(bytes.length, this.longest),
					null);
		}
		ByteBuffer in = ByteBuffer.wrap(bytes);
		try {
			byte version = in.get();
			if (version != VERSION) {
				throw new CodecException(
						"A message has version %s, and this node supports %s".formatted(version, VERSION), null);
			}
			long sentAt = in.getLong();
			Message message = switch (in.get()) {
				case ENVELOPE -> envelope(in);
				case ANSWER -> answer(in);
				default -> throw new CodecException("A message is neither a call nor an answer", null);
			};
			if (in.hasRemaining()) {
				throw new CodecException("A message has %s bytes too many".formatted(in.remaining()), null);
			}
			return new Sent(message, sentAt);
		}
		catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException
				| ArithmeticException ex) {
			throw (ex instanceof CodecException known) ? known
					: new CodecException("The received bytes are not a message", ex);
		}
	}

	private static Envelope envelope(ByteBuffer in) {
		String id = text(in);
		int attempt = in.getInt();
		String handler = text(in);
		String key = text(in);
		String method = text(in);
		String arguments = text(in);
		Envelope.Mode mode = Envelope.Mode.valueOf(text(in));
		Duration remaining = Duration.ofNanos(in.getLong());
		Map<String, String> context = new LinkedHashMap<>();
		for (int left = count(in); left > 0; left--) {
			context.put(text(in), text(in));
		}
		List<Envelope.Waiting> chain = new ArrayList<>();
		for (int left = count(in); left > 0; left--) {
			chain.add(new Envelope.Waiting(text(in), flag(in)));
		}
		return new Envelope(id, attempt, handler, key, method, arguments, mode, remaining, context, chain);
	}

	private static Answer answer(ByteBuffer in) {
		return new Answer(text(in), in.getInt(), Answer.Kind.valueOf(text(in)), optional(in), failure(in, 0));
	}

	private static @Nullable FailureData failure(ByteBuffer in, int depth) {
		if (!flag(in) || depth > MOST_CAUSES) {
			return null;
		}
		String type = text(in);
		String message = optional(in);
		String properties = optional(in);
		List<StackTraceElement> frames = new ArrayList<>();
		for (int left = count(in); left > 0; left--) {
			frames.add(new StackTraceElement(null, optional(in), optional(in), text(in), text(in), optional(in),
					in.getInt()));
		}
		return new FailureData(type, message, properties, frames, failure(in, depth + 1));
	}

	private static boolean flag(ByteBuffer in) {
		return switch (in.get()) {
			case 0 -> false;
			case 1 -> true;
			default -> throw new CodecException("The received bytes are not a message", null);
		};
	}

	/** Each counted element takes at least a byte. */
	private static int count(ByteBuffer in) {
		int count = in.getInt();
		if (count < 0 || count > in.remaining()) {
			throw new BufferUnderflowException();
		}
		return count;
	}

	private static String text(ByteBuffer in) {
		byte[] bytes = new byte[count(in)];
		in.get(bytes);
		return new String(bytes, StandardCharsets.UTF_8);
	}

	private static @Nullable String optional(ByteBuffer in) {
		return flag(in) ? text(in) : null;
	}

	/**
	 * A message that was received.
	 *
	 * @param message the message
	 * @param sentAt the time of sending, by the sender's own clock
	 */
	public record Sent(Message message, long sentAt) {

	}

}
