package io.greenroom.observe;

/**
 * Carries what belongs to a thread, such as a logging context, a trace or a locale, when
 * work moves from that thread to another. The core calls it when work is submitted and
 * when it runs. Only an implementation knows what there is to carry.
 * <p>
 * Implementations must be thread-safe, and cheap if there is nothing to carry, because
 * {@link #capture()} is called for every spawn.
 */
@FunctionalInterface
public interface ContextCarrier {

	/** Carries nothing. */
	ContextCarrier NONE = () -> Snapshot.EMPTY;

	/**
	 * Captures what belongs to the calling thread now. What it throws reaches the thread
	 * that submits the work.
	 * @return the snapshot; a shared {@linkplain Snapshot#isEmpty() empty} one if there
	 * is nothing
	 */
	Snapshot capture();

	/**
	 * Captures what belongs to the calling thread now, for work that no caller waits for.
	 * It may run after the thread's current task, such as a request, is over. What ends
	 * with that task is left out or copied.
	 * @return the snapshot; a shared {@linkplain Snapshot#isEmpty() empty} one if there
	 * is nothing
	 */
	default Snapshot captureDetached() {
		return capture();
	}

	/**
	 * Returns a scope that restores what the calling thread has now, whatever is done to
	 * it before the scope is closed.
	 * @return the scope, which must be closed on the same thread
	 */
	default Scope guard() {
		return capture().open();
	}

	/** What belonged to a thread at one moment. Thread-safe. */
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
		 * Creates the calling thread look as the captured one did: what that lacked is
		 * removed until the scope is closed. Not needed on the captured thread itself.
		 * @return the scope, which must be closed on the same thread, the last opened
		 * first
		 */
		Scope open();

		/**
		 * Does the same for a thread that has no context yet and runs only this work.
		 * Nothing need be removed, and what the work leaves behind ends with the thread.
		 * @return the scope, which must be closed on the same thread
		 */
		default Scope openOnNewThread() {
			return open();
		}

		/**
		 * Returns whether there is nothing to carry. A new thread, which has no context
		 * either, need not open such a snapshot; a shared thread must.
		 * @return whether opening changes nothing on a thread without a context
		 */
		boolean isEmpty();

	}

	/** The time during which a thread has the context of another. */
	@FunctionalInterface
	interface Scope extends AutoCloseable {

		/** Has nothing to restore. */
		Scope NONE = () -> {
		};

		/** Restores what the thread had before. */
		@Override
		void close();

	}

}
