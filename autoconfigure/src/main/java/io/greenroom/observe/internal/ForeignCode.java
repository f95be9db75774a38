package io.greenroom.observe.internal;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * The fence round code that is not Greenroom's: listeners, observers, links, callbacks,
 * suppliers, context accessors. Whatever it throws, including errors and sneaky checked
 * exceptions, is logged once and goes no further, so that the step that called it is
 * finished.
 * <p>
 * Not for bodies, whose throwables belong to their callers. All methods are thread-safe.
 */
public final class ForeignCode {

	private ForeignCode() {
	}

	/**
	 * Runs foreign code.
	 * @param log where its failure is logged
	 * @param what what the code is, as the beginning of "… failed and was skipped", such
	 * as "A state listener"
	 * @param code the code
	 * @return whether it returned normally
	 */
	public static boolean run(Logger log, String what, Code code) {
		try {
			code.run();
			return true;
		}
		catch (Throwable failure) {
			passOver(log, what, failure);
			return false;
		}
	}

	/**
	 * Runs foreign code that returns something.
	 * @param <T> the type of the result
	 * @param log where its failure is logged
	 * @param what what the code is
	 * @param fallback the result if it fails
	 * @param code the code
	 * @return what it returned, or the fallback
	 */
	public static <T extends @Nullable Object> T ask(Logger log, String what, T fallback, Question<? extends T> code) {
		try {
			return code.ask();
		}
		catch (Throwable failure) {
			passOver(log, what, failure);
			return fallback;
		}
	}

	/**
	 * Says that code that is not Greenroom's has failed: for those who run it without
	 * {@link #run}, since they must not make an object to run it by.
	 * @param log where its failure is told
	 * @param what what the code is
	 * @param failure what it threw
	 */
	public static void passOver(Logger log, String what, Throwable failure) {
		if (failure instanceof InterruptedException) {
			// A sneaky throw; the interrupt belongs to the thread, so it stays set.
			Thread.currentThread().interrupt();
		}
		Failures.log(log, Level.WARN, failure, "{} failed and was skipped", what);
	}

	/** Code that may throw anything. */
	@FunctionalInterface
	public interface Code {

		/**
		 * Runs it.
		 * @throws Throwable anything
		 */
		void run() throws Throwable;

	}

	/**
	 * Code that returns something and may throw anything.
	 *
	 * @param <T> the type of the result
	 */
	@FunctionalInterface
	public interface Question<T extends @Nullable Object> {

		/**
		 * Runs it.
		 * @return the answer
		 * @throws Throwable anything
		 */
		T ask() throws Throwable;

	}

}
