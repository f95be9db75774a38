package io.greenroom.green.internal;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenTask;
import io.greenroom.green.GreenThread;
import org.jspecify.annotations.Nullable;

/**
 * What Greenroom's other parts may do with a scheduler and its threads, unlike users. The
 * scheduler itself provides the only implementation.
 */
public abstract class SchedulerAccess {

	/** Written once, when the scheduler's class is initialized. */
	private static volatile @Nullable SchedulerAccess access;

	/** For the scheduler. */
	protected SchedulerAccess() {
	}

	/** Returns the access to every scheduler. */
	public static SchedulerAccess get() {
		if (access == null) {
			// Initializes the class, which calls set.
			GreenScheduler.builder();
		}
		return Objects.requireNonNull(access);
	}

	/** Called by the scheduler's class. */
	public static void set(SchedulerAccess implementation) {
		access = implementation;
	}

	/** Creates a scheduler whose green threads run on an engine. */
	public abstract GreenScheduler scheduler(GreenScheduler.Builder builder, Engine engine);

	/** Returns what the scheduler's threads run on. */
	public abstract Engine engine(GreenScheduler scheduler);

	/**
	 * Starts a thread when a time is over, unless it is killed before, as
	 * {@link GreenScheduler#spawnLater} does. A worker's time does not pass for it.
	 */
	public abstract GreenThread<Void> spawnAtLimit(GreenScheduler scheduler, Duration limit, GreenTask task);

	/** Does so as {@link GreenScheduler#spawnLaterDetached} does. */
	public abstract GreenThread<Void> spawnAtLimit(GreenScheduler scheduler, String name, Duration limit,
			GreenTask task);

	/** Creates a thread that repeats a task, and does not start it. */
	public abstract GreenThread<Void> unstartedRepeat(GreenScheduler scheduler, Duration pause, GreenTask task);

	/** Returns the virtual thread; {@code null} before the start. */
	public abstract @Nullable Thread thread(GreenThread<?> thread);

	/** Ends a thread that could not be started. */
	public abstract void reject(GreenThread<?> thread, Throwable failure);

	/** Returns the living threads. */
	public abstract List<GreenThread<?>> living(GreenScheduler scheduler);

	/**
	 * Returns the name of a thread's oldest ancestor, its own if it has none.
	 */
	public abstract String rootName(GreenThread<?> thread);

	/** Kills all living threads. */
	public abstract void killAll(GreenScheduler scheduler);

}
