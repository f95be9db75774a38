package io.greenroom.test;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import io.greenroom.green.DrainedService;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.Parking;
import io.greenroom.green.internal.SchedulerAccess;

/**
 * Waits for what was called and not waited for. A test that calls a handler
 * {@code oneway} calls {@link #settle(GreenScheduler)} before it looks at the outcome:
 * {@snippet :
 * seats.oneway().reserve(4);
 * settle(scheduler);
 * assertThat(mail).hasSize(1);
 * }
 * <p>
 * A scheduler is settled when no handler runs or has a call to run, and no green thread
 * is alive that a body of a handler has spawned, directly or not; a machine that such a
 * body has moved is among them while its own body runs. What these call is waited for as
 * well, however long the chain. A machine at rest, a timer and a call that is stored for
 * later delivery are not waited for.
 * <p>
 * On a green thread of the {@linkplain DeterministicScheduler deterministic scheduler},
 * and in a {@code @GreenroomTest}, all of this happens in virtual time. Thread-safe.
 */
public final class Settling {

	/** How long to wait if the test does not say. */
	private static final Duration LIMIT = Duration.ofSeconds(10);

	/** The first pause between two checks, in nanoseconds; later pauses are longer. */
	private static final long FIRST_PAUSE = 50_000;

	private static final long LONGEST_PAUSE = 5_000_000;

	/** How the names of the threads begin that run bodies of handlers. */
	private static final String OWNER = "handler-";

	private Settling() {
	}

	/**
	 * Waits for up to 10 seconds until a scheduler is settled.
	 * @param scheduler the scheduler of the handlers
	 * @throws InterruptedException if the caller is interrupted
	 * @throws AssertionError if it takes longer; says what is left
	 */
	public static void settle(GreenScheduler scheduler) throws InterruptedException {
		settle(scheduler, LIMIT);
	}

	/**
	 * Waits until a scheduler is settled.
	 * @param scheduler the scheduler of the handlers
	 * @param limit how long to wait
	 * @throws InterruptedException if the caller is interrupted
	 * @throws AssertionError if it takes longer; says what is left
	 * @throws IllegalArgumentException if the limit is negative
	 */
	public static void settle(GreenScheduler scheduler, Duration limit) throws InterruptedException {
		Objects.requireNonNull(scheduler, "scheduler");
		if (Objects.requireNonNull(limit, "limit").isNegative()) {
			throw new IllegalArgumentException(
					"The limit is negative: " + limit + "; give zero or a positive duration");
		}
		long start = Parking.nanoTime();
		long nanos = (limit.toSeconds() > Long.MAX_VALUE / 2_000_000_000L) ? Long.MAX_VALUE : limit.toNanos();
		long pause = FIRST_PAUSE;
		List<Long> before = List.of();
		boolean quietBefore = false;
		while (true) {
			List<DrainedService> services = Leftovers.services(scheduler);
			boolean quiet = services.stream().allMatch(DrainedService::isQuiet) && followUps(scheduler).isEmpty();
			List<Long> marks = services.stream().map(DrainedService::mark).toList();
			// The same marks at two looks: nothing has happened in between.
			if (quiet && quietBefore && marks.equals(before)) {
				return;
			}
			quietBefore = quiet;
			before = marks;
			long left = nanos - (Parking.nanoTime() - start);
			if (left <= 0 && !quiet) {
				throw new AssertionError("Not settled within " + limit + ":" + left(scheduler));
			}
			Parking.sleep(Duration.ofNanos((left > 0) ? Math.min(pause, left) : FIRST_PAUSE));
			pause = Math.min(2 * pause, LONGEST_PAUSE);
		}
	}

	/** Returns the green threads that bodies of handlers have spawned. */
	private static List<GreenThread<?>> followUps(GreenScheduler scheduler) {
		List<GreenThread<?>> threads = Leftovers.threads(scheduler);
		threads.removeIf((thread) -> !SchedulerAccess.get().rootName(thread).startsWith(OWNER));
		return threads;
	}

	/** Describes what is left. */
	private static String left(GreenScheduler scheduler) {
		String text = Leftovers.calls(scheduler) + Leftovers.describe(scheduler, followUps(scheduler));
		return text.isEmpty() ? " work comes without end" : text;
	}

}
