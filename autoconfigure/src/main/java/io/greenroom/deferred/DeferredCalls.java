package io.greenroom.deferred;

import java.time.Duration;

import io.greenroom.deferred.internal.Hold;

/**
 * The waiting calls of a handler, for the thread that processes them. The processing
 * methods run bodies on the calling thread, which holds the handler meanwhile. Only one
 * thread at a time may process a handler. A running body may process further calls
 * itself. The other methods may be called from any thread.
 * <p>
 * What a body throws goes to its caller, never to the thread that processes. A filter
 * names methods, including all overloads of a name. Calls that it does not match keep
 * their places.
 */
public interface DeferredCalls {

	/**
	 * Returns the calls of the handler that the current thread holds. A body uses this to
	 * let other calls in, and a state of a handler that is also a machine uses it for its
	 * processing points.
	 * @return the calls of the innermost handler whose body this is
	 * @throws IllegalStateException if the thread does not run a body of a handler
	 */
	static DeferredCalls current() {
		return Hold.calls();
	}

	/**
	 * Runs the calls that are queued now, but not those that arrive meanwhile.
	 * @return how many bodies ran
	 * @throws IllegalStateException if another thread processes this handler; the message
	 * names it
	 */
	int process();

	/**
	 * Runs the calls that are queued now and match the filter.
	 * @param methods names of the handler's methods; at least one
	 * @return how many bodies ran
	 * @throws IllegalArgumentException if the list is empty or names a method that the
	 * handler lacks
	 * @throws IllegalStateException if another thread processes this handler; the message
	 * names it
	 */
	int process(String... methods);

	/**
	 * Waits for calls and runs them until the time is over, processing is stopped, or the
	 * handler is closing with nothing left to run. A body that has begun is finished. An
	 * interrupt also ends the wait, and the flag stays set.
	 * @param time how long to wait; zero runs the calls that are queued now
	 * @return how many bodies ran
	 * @throws IllegalArgumentException if the time is negative
	 * @throws IllegalStateException if another thread processes this handler; the message
	 * names it
	 */
	int process(Duration time);

	/**
	 * Waits for calls as {@link #process(Duration)} does, and runs those that the filter
	 * matches.
	 * @param time how long to wait; zero runs the calls that are queued now
	 * @param methods names of the handler's methods; at least one
	 * @return how many bodies ran
	 * @throws IllegalArgumentException if the time is negative, or the list is empty or
	 * names a method that the handler lacks
	 * @throws IllegalStateException if another thread processes this handler; the message
	 * names it
	 */
	int process(Duration time, String... methods);

	/**
	 * Waits for calls and runs them until processing is stopped, or the handler is
	 * closing with nothing left to run. An interrupt also ends the wait, and the flag
	 * stays set. An interrupt of a body whose caller has given up
	 * ({@link OnTimeout#INTERRUPT}) ends with the body and does not end the wait.
	 * @return how many bodies ran
	 * @throws IllegalStateException if another thread processes this handler; the message
	 * names it
	 */
	int processForever();

	/**
	 * Waits for calls as {@link #processForever()} does, and runs those that the filter
	 * matches.
	 * @param methods names of the handler's methods; at least one
	 * @return how many bodies ran
	 * @throws IllegalArgumentException if the list is empty or names a method that the
	 * handler lacks
	 * @throws IllegalStateException if another thread processes this handler; the message
	 * names it
	 */
	int processForever(String... methods);

	/**
	 * Ends the current processing, and any processing it is nested in, after the body
	 * that runs now. Queued calls stay. Has no effect if the handler is not being
	 * processed.
	 */
	void stopProcessing();

	/**
	 * Returns whether the handler is being shut down.
	 * @return whether a loop should end
	 */
	boolean isClosing();

	/**
	 * Returns how many calls wait.
	 * @return the number of accepted calls that have not begun
	 */
	int pending();

}
