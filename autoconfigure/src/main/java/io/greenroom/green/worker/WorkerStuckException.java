package io.greenroom.green.worker;

import java.io.Serial;
import java.util.List;

/**
 * Thrown if nothing can make the remaining routines go on: each waits for something that
 * none of them will provide. The message says what each of them waits for, and who holds
 * that. The stack trace of each is attached as a suppressed exception.
 */
public final class WorkerStuckException extends IllegalStateException {

	@Serial
	private static final long serialVersionUID = 1L;

	WorkerStuckException(String worker, List<Thread> left, String waits) {
		super("Worker '" + worker + "' has nothing left to step, but " + left.size()
				+ ((left.size() == 1) ? " routine waits: " : " routines wait: ")
				+ left.stream().map(Thread::getName).toList()
				+ "; let a routine provide what they wait for, or kill them" + waits);
		left.forEach((thread) -> addSuppressed(new Waiting(thread)));
	}

	/** Where one routine waits. */
	private static final class Waiting extends RuntimeException {

		@Serial
		private static final long serialVersionUID = 1L;

		Waiting(Thread thread) {
			super("Where '" + thread.getName() + "' waits");
			setStackTrace(thread.getStackTrace());
		}

	}

}
