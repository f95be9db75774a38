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
 * Listens for the JDK event that a virtual thread has kept its carrier while it waited,
 * and reports each place in user code where this happens. Requires Flight Recorder, which
 * takes some time to start.
 */
public final class PinnedEvents implements AutoCloseable {

	private static final String EVENT = "jdk.VirtualThreadPinned";

	/** The time after which a place is reported again. */
	private static final Duration AGAIN = Duration.ofHours(1);

	/** More places than a program should have. Further places are not reported. */
	private static final int PLACES = 256;

	private final RecordingStream stream = new RecordingStream();

	private final Consumer<ProblemReport> reports;

	/**
	 * The time at which each place was last reported. Confined to the stream's thread.
	 */
	private final Map<String, Instant> told = new HashMap<>();

	/**
	 * Starts listening.
	 * @param limit how long a virtual thread may keep its carrier while it waits
	 * @param reports receives the reports, on the thread of Flight Recorder
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

	/**
	 * Derives the name of the file from the outermost class, because events do not
	 * contain it.
	 */
	private static StackTraceElement frame(RecordedFrame frame) {
		String type = frame.getMethod().getType().getName();
		String simple = type.substring(type.lastIndexOf('.') + 1);
		int nested = simple.indexOf('$');
		String file = ((nested > 0) ? simple.substring(0, nested) : simple) + ".java";
		return new StackTraceElement(type, frame.getMethod().getName(), file, frame.getLineNumber());
	}

	/** Stops the recording. This method is idempotent. */
	@Override
	public void close() {
		this.stream.close();
	}

}
