package io.greenroom.observe;

import java.time.Duration;

/** The live numbers of one handler. Each read is a snapshot and takes no lock. */
public interface HandlerGauges {

	/**
	 * Returns how many calls wait in the mailbox.
	 * @return the number of accepted calls that have not begun
	 */
	int queued();

	/**
	 * Returns how long the call at the head of the mailbox has been waiting.
	 * @return the age of the oldest waiting call; zero if none waits
	 */
	Duration oldestAge();

	/**
	 * Returns how long the current body has been running; the longest-running one of
	 * several read-only bodies.
	 * @return the time since it began; zero if none runs, or if no listener wants
	 * {@linkplain HandlerListener#isTimed() times}
	 */
	default Duration runningAge() {
		return Duration.ZERO;
	}

}
