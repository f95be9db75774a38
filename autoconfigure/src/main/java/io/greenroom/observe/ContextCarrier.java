package io.greenroom.observe;

/**
 * Takes along what belongs to a thread, such as a logging context, a trace or a locale,
 * when work moves from that thread to another. The core calls it where work is handed in
 * and where it runs; what there is to carry is known at the rim only.
 * <p>
 * Implementations must be safe for use by many threads, and cheap where there is nothing
 * to carry: {@link #capture()} is on the way of every spawn.
 */
@FunctionalInterface
public interface ContextCarrier {

	/** Carries nothing. */
	ContextCarrier NONE = () -> Snapshot.EMPTY;

	/**
	 * Takes what belongs to the calling thread now. What it throws reaches the thread
	 * that hands the work in.
	 * @return the snapshot; an {@linkplain Snapshot#isEmpty() empty} one, made once,
	 * where there is nothing
	 */
	Snapshot capture();

	/**
	 * Takes what belongs to the calling thread now, for work that nobody waits for: it
	 * may run when whatever the thread serves, a request perhaps, is over. What ends with
	 * that is left out, or copied.
	 * @return the snapshot; an {@linkplain Snapshot#isEmpty() empty} one, made once,
	 * where there is nothing
	 */
	default Snapshot captureDetached() {
		return capture();
	}

	/**
	 * Returns a scope that gives the calling thread back what it has now, whatever is
	 * done with that before the scope is closed.
	 * @return the scope, to be closed on the same thread
	 */
	default Scope guard() {
		return capture().open();
	}

	/** What belonged to a thread at one moment. Safe for use by many threads. */
	interface Snapshot {

		/** Holds nothing and changes nothing. */
		Snapshot EMPTY = new Snapshot() {

			@Override
			public Scope open() {
				return Scope.NONE;
			}

			@Override
			public boolean isEmpty() {
				return true;
			}

		};

		/**
		 * Makes the calling thread look as the captured one did: what it lacked is taken
		 * away for so long. Not needed on the captured thread itself.
		 * @return the scope, to be closed on the same thread, the last opened first
		 */
		Scope open();

		/**
		 * Does the same for a thread that has nothing yet and runs only this: nothing
		 * need be taken away, and what the work leaves behind goes with the thread.
		 * @return the scope, to be closed on the same thread
		 */
		default Scope openOnNewThread() {
			return open();
		}

		/**
		 * Returns whether there is nothing to carry, so that a new thread, which has
		 * nothing either, need not open it. A thread that others use too must.
		 * @return whether opening changes nothing on a thread without a context
		 */
		boolean isEmpty();

	}

	/** Between opening and closing a thread has the context of another. */
	@FunctionalInterface
	interface Scope extends AutoCloseable {

		/** Has nothing to give back. */
		Scope NONE = () -> {
		};

		/** Gives the thread back what it had before. */
		@Override
		void close();

	}

}
