package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What can be seen of a handler from outside. Nobody stops for it, so its parts may be of
 * slightly different moments.
 *
 * @param name the handler's name
 * @param state how far its life has come
 * @param capacity how many calls may wait
 * @param queued how many calls wait, places that transactions have reserved among them
 * @param oldestAge how long the oldest of them has waited; zero if none waits
 * @param loop the name of its processing loop while that runs; {@code null} otherwise
 * @param running the bodies under way
 * @param waits what the threads that hold the handler wait for: its edges of the wait-for
 * graph
 * @param failure what the handler died of; {@code null} if it did not
 * @param circle the last circle of waits in which a call of the handler was failed;
 * {@code null} if there was none
 */
public record HandlerSnapshot(String name, State state, int capacity, int queued, Duration oldestAge,
		@Nullable String loop, List<Body> running, List<Edge> waits, @Nullable String failure,
		@Nullable Circle circle) {

	/** Copies the lists. */
	public HandlerSnapshot {
		running = List.copyOf(running);
		waits = List.copyOf(waits);
	}

	/** How far the life of a handler has come. */
	public enum State {

		/** It takes calls. */
		OPEN,

		/** It is being shut down, and runs what it has. */
		CLOSING,

		/** It was shut down, or its loop has come to its end. */
		STOPPED,

		/** Its processing loop died and was given up. */
		DEAD

	}

	/**
	 * A body under way.
	 *
	 * @param method the called method's name
	 * @param thread the name of the thread that runs it
	 * @param submitted how long ago the call was made, its time in the queue included
	 * @param running for how long the body has run, without the time in the queue;
	 * {@code null} if nobody knows: nothing is timed and it has not been noticed as busy,
	 * or it has let another call in
	 * @param arguments what its caller has passed, as text; {@code null} unless that was
	 * asked for
	 */
	public record Body(String method, String thread, Duration submitted, @Nullable Duration running,
			@Nullable List<String> arguments) {

		/** Copies the list. */
		public Body {
			arguments = (arguments != null) ? List.copyOf(arguments) : null;
		}

	}

	/**
	 * A circle of waits that was found and broken.
	 *
	 * @param waits each says who waits for whom, and where
	 * @param ago how long ago it was found
	 */
	public record Circle(List<String> waits, Duration ago) {

		/** Copies the list. */
		public Circle {
			waits = List.copyOf(waits);
		}

	}

	/**
	 * A thread that holds the handler waits for a call of another one, or for room there.
	 *
	 * @param method what it runs meanwhile; {@code null} for the loop
	 * @param thread the name of the thread that waits
	 * @param on the name of the handler it waits for
	 * @param call the name of the method it has called there
	 */
	public record Edge(@Nullable String method, String thread, String on, String call) {

	}

}
