package io.greenroom.cluster.internal;

import java.util.Base64;

import io.greenroom.wire.Answer;
import io.greenroom.wire.Envelope;
import io.greenroom.wire.FailureData;
import io.greenroom.wire.MessageFormat;
import org.jspecify.annotations.Nullable;

/** Converts answers to the text that is stored with what their calls have changed. */
final class StoredAnswer {

	/** The body has returned; its result follows, if it has one. */
	private static final char RETURNED = 'R';

	/** The body has thrown, and its transaction was committed all the same. */
	private static final char THREW = 'T';

	/** The body has returned a future that was not complete. */
	private static final String LATER = "L";

	private static final MessageFormat FORMAT = new MessageFormat(Integer.MAX_VALUE);

	private StoredAnswer() {
	}

	/** Returns the text; {@code null} stands for an answer that is not known yet. */
	static String write(@Nullable Answer answer) {
		if (answer == null) {
			return LATER;
		}
		if (answer.kind() == Answer.Kind.RETURNED) {
			return RETURNED + ((answer.value() != null) ? answer.value() : "");
		}
		return THREW + Base64.getEncoder().encodeToString(FORMAT.write(answer, 0));
	}

	/** Returns the stored answer as one to the given sending of the call. */
	static Answer read(Envelope call, String text) {
		String rest = text.isEmpty() ? "" : text.substring(1);
		if (text.startsWith(String.valueOf(RETURNED))) {
			return Answer.returned(call, rest.isEmpty() ? null : rest);
		}
		try {
			if (text.startsWith(String.valueOf(THREW))
					&& FORMAT.read(Base64.getDecoder().decode(rest)).message() instanceof Answer answer) {
				return answer.to(call.attempt());
			}
		}
		catch (IllegalArgumentException unreadable) {
			// Treated as an answer that was not known yet.
		}
		return Answer.threw(call, FailureData.rejected(
				"%s.%s has run and its changes are stored, but its answer was lost with the node that ran it; check its effects, and don't call again"
					.formatted(call.target(), call.method())));
	}

}
