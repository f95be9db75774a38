package io.greenroom.green;

import java.time.Duration;

/**
 * Something long-lived that keeps green threads of its own while its scheduler is open,
 * such as a handler with its owner. A draining scheduler stops its services before it
 * waits for threads.
 */
public interface GreenService {

	/**
	 * Returns the name for reports.
	 * @return the name
	 */
	String name();

	/**
	 * Rejects new work at once, finishes accepted work within the grace period, and ends
	 * its threads. Called on a thread that may block. Idempotent.
	 * @param grace how long accepted work may take
	 * @throws InterruptedException if the caller is interrupted while it waits
	 */
	void stop(Duration grace) throws InterruptedException;

	/**
	 * Returns how often the service wants to be inspected. Called once, when it is
	 * attached. It does not affect how often other services are inspected.
	 * @return the maximum time between two inspections; zero for none. It is rounded
	 * down, but not below ten milliseconds
	 */
	default Duration inspection() {
		return Duration.ZERO;
	}

	/**
	 * Looks for problems and reports them. Called at intervals on a virtual thread, never
	 * concurrently. However long it takes, it delays neither timers nor later inspections
	 * of other services.
	 */
	default void inspect() {
	}

	/**
	 * Returns whether there is nothing to inspect until something wakes this service,
	 * which then calls {@link GreenScheduler#retain(GreenService)}. Until then it is not
	 * inspected and costs nothing. Called after each inspection.
	 * @return whether it is at rest; {@code false} by default
	 */
	default boolean isAtRest() {
		return false;
	}

}
