package io.greenroom.test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerProbe;
import io.greenroom.green.DrainedService;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.GreenThreadDump;
import io.greenroom.green.internal.SchedulerAccess;
import org.jspecify.annotations.Nullable;

/** What is left to do on a scheduler: calls of its handlers, and green threads. */
final class Leftovers {

	/** How many frames of a stack are shown. */
	private static final int FRAMES = 8;

	private Leftovers() {
	}

	static List<DrainedService> services(GreenScheduler scheduler) {
		List<DrainedService> found = new ArrayList<>();
		scheduler.services().forEach((service) -> {
			if (service instanceof DrainedService drained) {
				found.add(drained);
			}
		});
		return found;
	}

	/** Returns the started green threads that belong to no service. */
	static List<GreenThread<?>> threads(GreenScheduler scheduler) {
		List<GreenThread<?>> found = SchedulerAccess.get().living(scheduler);
		services(scheduler).forEach((service) -> found.removeAll(service.threads()));
		found.removeIf((thread) -> !thread.isStarted() || thread == GreenThread.current());
		return found;
	}

	/**
	 * Returns a report of calls to run and green threads that were not there before, or
	 * {@code null} if there are none.
	 */
	static @Nullable AssertionError of(GreenScheduler scheduler, Set<GreenThread<?>> before) {
		List<GreenThread<?>> threads = threads(scheduler);
		threads.removeAll(before);
		String text = calls(scheduler) + describe(scheduler, threads);
		return text.isEmpty() ? null : new AssertionError("The test has left behind:" + text);
	}

	/** Describes the handlers that have something to do. */
	static String calls(GreenScheduler scheduler) {
		StringBuilder text = new StringBuilder();
		for (DrainedService service : services(scheduler)) {
			if (!service.isQuiet()) {
				text.append((service instanceof Handler handler) ? HandlerText.of(new HandlerProbe(handler))
						: "\n" + service.name() + " has calls to run");
			}
		}
		return text.toString();
	}

	/** Describes living threads. */
	static String describe(GreenScheduler scheduler, List<GreenThread<?>> threads) {
		StringBuilder text = new StringBuilder();
		Set<String> names = new HashSet<>();
		threads.forEach((thread) -> names.add(thread.name()));
		for (GreenThreadDump.Entry entry : names.isEmpty() ? List.<GreenThreadDump.Entry>of()
				: scheduler.dump(FRAMES).threads()) {
			if (names.contains(entry.name())) {
				text.append("\nGreen thread '").append(entry.name()).append('\'');
				text.append((entry.parent() != null) ? " of '" + entry.parent() + "'" : "").append(" is alive");
				entry.stack().forEach((frame) -> text.append("\n    at ").append(frame));
			}
		}
		return text.toString();
	}

}
