package io.greenroom.observe.internal;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * The fence round code that is not Greenroom's: listeners, observers, links, callbacks,
 * suppliers, context accessors. Whatever it throws, errors and checked exceptions past
 * the compiler included, is logged once and goes no further, so that the step that called
 * it is finished.
 * <p>
 * Not for bodies, whose throwables are their callers'. All methods are safe for use by
 * many threads.
 */
public final class ForeignCode {

	private ForeignCode() {
	}

	/**
	 * Runs code that is not Greenroom's.
	 * @param log where its failure is told
	 * @param what what the code is, in words that end the sentence "… failed and was
	 * passed over", such as "A state listener"
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
	 * Asks code that is not Greenroom's for something.
	 * @param <T> what is asked for
	 * @param log where its failure is told
	 * @param what what the code is
	 * @param fallback what to take if it fails
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
			// Thrown past the compiler; the interrupt was the thread's, and stays its
			// own.
			Thread.currentThread().interrupt();
		}
		Failures.log(log, Level.WARN, failure, "{} failed and was passed over", what);
	}

	/** Some code that may throw anything. */
	@FunctionalInterface
	public interface Code {

		/**
		 * Runs it.
		 * @throws Throwable whatever it likes
		 */
		void run() throws Throwable;

	}

	/**
	 * Some code that returns something and may throw anything.
	 *
	 * @param <T> what it returns
	 */
	@FunctionalInterface
	public interface Question<T extends @Nullable Object> {

		/**
		 * Asks it.
		 * @return the answer
		 * @throws Throwable whatever it likes
		 */
		T ask() throws Throwable;

	}

}
