package io.greenroom.green;

import java.time.Duration;

/**
 * Something long-lived that keeps green threads of its own for as long as its scheduler
 * is open, such as a handler with its owner. A draining scheduler stops its services
 * before it waits for threads.
 */
public interface GreenService {

	/**
	 * Returns the name for reports.
	 * @return the name
	 */
	String name();

	/**
	 * Rejects new work at once, finishes what was accepted within the time given, and
	 * ends its threads. Called on a thread that may block. Idempotent.
	 * @param grace how long accepted work may take
	 * @throws InterruptedException if the caller is interrupted while it waits
	 */
	void stop(Duration grace) throws InterruptedException;

	/**
	 * Returns how often the service wants to look at itself. Asked once, when it is
	 * attached. What one service wants makes no other one look more often.
	 * @return the time between two looks at most; zero for none. It is rounded down, to
	 * no less than ten milliseconds
	 */
	default Duration inspection() {
		return Duration.ZERO;
	}

	/**
	 * Looks for what goes wrong and reports it. Called now and then on a virtual thread,
	 * never twice at once. It holds up no timer and no later look at another service,
	 * however long it takes.
	 */
	default void inspect() {
	}

	/**
	 * Returns whether there is nothing to look at until something wakes this service,
	 * which {@linkplain GreenScheduler#retain(GreenService) says so}. Until then it is
	 * not inspected, and costs nothing. Asked after each inspection.
	 * @return whether it is at rest; never unless overridden
	 */
	default boolean isAtRest() {
		return false;
	}

}
