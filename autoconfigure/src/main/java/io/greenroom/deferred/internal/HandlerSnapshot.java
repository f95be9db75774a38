package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What can be seen of a handler from outside. No thread stops for it, so its parts may be
 * from slightly different moments.
 *
 * @param name the handler's name
 * @param state where it is in its lifecycle
 * @param capacity how many calls may wait
 * @param queued how many calls wait, including places that transactions have reserved
 * @param oldestAge how long the oldest of them has waited; zero if none waits
 * @param loop the name of its processing loop while that runs; {@code null} otherwise
 * @param running the bodies that run
 * @param waits what the threads that hold the handler wait for: its edges of the wait-for
 * graph
 * @param failure what the handler died of, or {@code null} if it did not
 * @param circle the last circle of waits in which a call of the handler was failed, or
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

	/** Where a handler is in its lifecycle. */
	public enum State {

		/** It takes calls. */
		OPEN,

		/** It is being shut down, and runs what it has. */
		CLOSING,

		/** It was shut down, or its loop has returned. */
		STOPPED,

		/** Its processing loop died and was given up. */
		DEAD

	}

	/**
	 * A running body.
	 *
	 * @param method the called method's name
	 * @param thread the name of the thread that runs it
	 * @param submitted how long ago the call was made, including its time in the queue
	 * @param running for how long the body has run, without the time in the queue.
	 * {@code null} if that is unknown: calls are not timed and the body was not noticed
	 * as busy, or it has let another call in
	 * @param arguments the caller's arguments, as text; {@code null} unless they were
	 * requested
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
	 * @param waits one text per wait: who waits for whom, and where
	 * @param ago how long ago it was found
	 */
	public record Circle(List<String> waits, Duration ago) {

		/** Copies the list. */
		public Circle {
			waits = List.copyOf(waits);
		}

	}

	/**
	 * A wait of a thread that holds the handler, for a call of another handler or for
	 * room in its mailbox.
	 *
	 * @param method what it runs meanwhile; {@code null} for the loop
	 * @param thread the name of the thread that waits
	 * @param on the name of the handler it waits for
	 * @param call the name of the method it called there
	 */
	public record Edge(@Nullable String method, String thread, String on, String call) {

	}

}
