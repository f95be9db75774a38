package io.greenroom.deferred;

import java.time.Duration;

import io.greenroom.deferred.internal.Hold;

/**
 * The calls that wait for a handler, as its processor sees them. The processing methods
 * run bodies on the calling thread, which holds the handler meanwhile; one thread at a
 * time may process a handler, and a body that runs may process further calls itself. The
 * other methods may be called from any thread.
 * <p>
 * What a body throws goes to its caller, never to the processor. A filter names methods
 * (all overloads of a name); calls that it does not match keep their place.
 */
public interface DeferredCalls {

	/**
	 * Returns the calls of the handler that the current thread holds, so that a body can
	 * let other calls in, and a state of a handler that is a machine too can have
	 * processing points.
	 * @return the calls of the innermost handler whose body this is
	 * @throws IllegalStateException if the thread is in no body of a handler
	 */
	static DeferredCalls current() {
		return Hold.calls();
	}

	/**
	 * Runs the calls that are queued now, and not those that arrive meanwhile.
	 * @return how many bodies ran
	 * @throws IllegalStateException if another thread processes this handler; it is named
	 */
	int process();

	/**
	 * Runs those of the calls queued now that the filter matches.
	 * @param methods names of the handler's methods; at least one
	 * @return how many bodies ran
	 * @throws IllegalArgumentException if the list is empty or names a method that the
	 * handler lacks
	 * @throws IllegalStateException if another thread processes this handler; it is named
	 */
	int process(String... methods);

	/**
	 * Waits for calls and runs them until the time is over, processing is stopped or the
	 * handler is closing with nothing left to run. A body that has begun is finished. An
	 * interrupt ends the wait too; the flag stays set.
	 * @param time how long; zero runs what is there
	 * @return how many bodies ran
	 * @throws IllegalArgumentException if the time is negative
	 * @throws IllegalStateException if another thread processes this handler; it is named
	 */
	int process(Duration time);

	/**
	 * Waits for calls as {@link #process(Duration)} does, and runs those that the filter
	 * matches.
	 * @param time how long; zero runs what is there
	 * @param methods names of the handler's methods; at least one
	 * @return how many bodies ran
	 * @throws IllegalArgumentException if the time is negative, or the list is empty or
	 * names a method that the handler lacks
	 * @throws IllegalStateException if another thread processes this handler; it is named
	 */
	int process(Duration time, String... methods);

	/**
	 * Waits for calls and runs them until processing is stopped or the handler is closing
	 * with nothing left to run. An interrupt ends the wait too; the flag stays set. Only
	 * an interrupt of a body whose caller has given up ({@link OnTimeout#INTERRUPT}) does
	 * not: that ends with the body.
	 * @return how many bodies ran
	 * @throws IllegalStateException if another thread processes this handler; it is named
	 */
	int processForever();

	/**
	 * Waits for calls as {@link #processForever()} does, and runs those that the filter
	 * matches.
	 * @param methods names of the handler's methods; at least one
	 * @return how many bodies ran
	 * @throws IllegalArgumentException if the list is empty or names a method that the
	 * handler lacks
	 * @throws IllegalStateException if another thread processes this handler; it is named
	 */
	int processForever(String... methods);

	/**
	 * Ends the processing under way, with any it is nested in, after the body that runs
	 * now; what is queued stays. Does nothing when nobody processes.
	 */
	void stopProcessing();

	/**
	 * Returns whether the handler is being shut down.
	 * @return whether a loop should come to its end
	 */
	boolean isClosing();

	/**
	 * Returns how many calls wait.
	 * @return the number of accepted calls that have not begun
	 */
	int pending();

}
