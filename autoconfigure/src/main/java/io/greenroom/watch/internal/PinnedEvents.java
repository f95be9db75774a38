package io.greenroom.watch.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

import io.greenroom.observe.ProblemReport;
import io.greenroom.observe.internal.Frames;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingStream;
import org.jspecify.annotations.Nullable;

/**
 * Listens to the JDK's event of a virtual thread that has kept its carrier while it
 * waited, and reports each place of the user's code where one does. Needs Flight
 * Recorder, whose start takes its time.
 */
public final class PinnedEvents implements AutoCloseable {

	private static final String EVENT = "jdk.VirtualThreadPinned";

	/** How long a place is not told of again. */
	private static final Duration AGAIN = Duration.ofHours(1);

	/** More places than a program should have; beyond them no others are told of. */
	private static final int PLACES = 256;

	private final RecordingStream stream = new RecordingStream();

	private final Consumer<ProblemReport> reports;

	/** When each place was told of. Confined to the stream's thread. */
	private final Map<String, Instant> told = new HashMap<>();

	/**
	 * Starts to listen.
	 * @param limit how long a virtual thread may keep its carrier while it waits
	 * @param reports takes the reports, on Flight Recorder's thread
	 */
	public PinnedEvents(Duration limit, Consumer<ProblemReport> reports) {
		this.reports = Objects.requireNonNull(reports, "reports");
		this.stream.enable(EVENT).withThreshold(limit).withStackTrace();
		this.stream.onEvent(EVENT, this::accept);
		this.stream.startAsync();
	}

	private void accept(RecordedEvent event) {
		List<StackTraceElement> stack = stack(event.getStackTrace());
		String place = String.valueOf(Frames.own(stack));
		Instant now = event.getEndTime();
		this.told.values().removeIf((before) -> before.plus(AGAIN).isBefore(now));
		if (this.told.size() < PLACES && this.told.putIfAbsent(place, now) == null) {
			Duration since = event.getDuration();
			String thread = name(event.getThread());
			this.reports.accept(new ProblemReport(ProblemReport.Kind.PINNED, null,
					"Virtual thread '%s' has kept its carrier for %s while it waited".formatted(thread, since), since,
					thread, stack));
		}
	}

	private static String name(@Nullable RecordedThread thread) {
		String name = (thread != null) ? thread.getJavaName() : null;
		return (name != null) ? name : "";
	}

	private static List<StackTraceElement> stack(@Nullable RecordedStackTrace trace) {
		return (trace == null) ? List.of()
				: trace.getFrames().stream().filter(RecordedFrame::isJavaFrame).map(PinnedEvents::frame).toList();
	}

	/** Events don't have the name of the file; it is that of the outermost class. */
	private static StackTraceElement frame(RecordedFrame frame) {
		String type = frame.getMethod().getType().getName();
		String simple = type.substring(type.lastIndexOf('.') + 1);
		int nested = simple.indexOf('$');
		String file = ((nested > 0) ? simple.substring(0, nested) : simple) + ".java";
		return new StackTraceElement(type, frame.getMethod().getName(), file, frame.getLineNumber());
	}

	/** Ends the recording. Idempotent. */
	@Override
	public void close() {
		this.stream.close();
	}

}
