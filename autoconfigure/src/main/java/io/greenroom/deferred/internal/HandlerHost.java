package io.greenroom.deferred.internal;

import java.util.Objects;

/**
 * Creates the target of one handler of a {@link HandlerFamily} when it is first called,
 * and is told what becomes of it. For internal use only.
 */
public interface HandlerHost {

	/**
	 * Creates the target. Called by the handler's own green thread before the first body,
	 * and again at the next call if it failed. Calls wait meanwhile, and get the
	 * exception if this fails.
	 * @return the target
	 * @throws Throwable what its constructor throws
	 */
	Made make() throws Throwable;

	/**
	 * Called when the target is no longer used, and another one will be made for the next
	 * call. Called by the handler's own green thread between two bodies.
	 */
	void unmade();

	/**
	 * Called when the body of a call that is not sync has ended, by the thread that ran
	 * it.
	 */
	void ran();

	/**
	 * Called when the handler has given its thread back. Called under its lock, so it
	 * must return at once and call no foreign code.
	 */
	void rested();

	/**
	 * Called when the handler has ended, and nothing runs or is queued any more. Called
	 * by its own green thread, which still holds it, or by the thread that ended a
	 * handler without one.
	 */
	void ended();

	/**
	 * A target.
	 *
	 * @param target the object
	 * @param entry what bodies are called on: the target, or a proxy around it that leads
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
