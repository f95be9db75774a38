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
	 * @return the age of the oldest waiting call, zero when none waits
	 */
	Duration oldestAge();

	/**
	 * Returns how long the body that runs has been running; of several that only read,
	 * the one that has for longest.
	 * @return the time since it began, zero when none runs, and unless a listener wants
	 * {@linkplain HandlerListener#isTimed() times}
	 */
	default Duration runningAge() {
		return Duration.ZERO;
	}

}
