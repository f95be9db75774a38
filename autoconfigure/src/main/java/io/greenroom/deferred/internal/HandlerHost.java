package io.greenroom.deferred.internal;

import java.util.Objects;

/**
 * Makes the target of one handler of a {@link HandlerFamily} when it is first called, and
 * hears what becomes of it. Users don't need this.
 */
public interface HandlerHost {

	/**
	 * Makes the target. Called by the handler's own green thread before the first body,
	 * and again at the next call if it has failed; calls wait meanwhile. What it throws
	 * is what those who wait get.
	 * @return the target
	 * @throws Throwable what its constructor throws
	 */
	Made make() throws Throwable;

	/**
	 * The target is not used any more, and another one is made for the next call. Called
	 * by the handler's own green thread between two bodies.
	 */
	void unmade();

	/**
	 * The body of a call that nobody waits for in a view has ended. Called by the thread
	 * that ran it.
	 */
	void ran();

	/**
	 * The handler has given its thread back. Called under its lock: must return at once,
	 * and call nobody else's code.
	 */
	void rested();

	/**
	 * The handler has ended, and nothing runs or is queued any more. Called by its own
	 * green thread, which still holds it, or by whoever ended a handler without one.
	 */
	void ended();

	/**
	 * A target.
	 *
	 * @param target the object
	 * @param entry what bodies are called on: the target, or a proxy round it that leads
	 * back to {@link Handler#call}
	 */
	record Made(Object target, Object entry) {

		/** Checks that both are there. */
		public Made {
			Objects.requireNonNull(target, "target");
			Objects.requireNonNull(entry, "entry");
		}

	}

}
