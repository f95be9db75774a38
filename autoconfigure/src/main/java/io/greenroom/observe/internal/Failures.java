package io.greenroom.observe.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * Handles throwables from foreign code, about which nothing is certain: their methods may
 * throw or return {@code null}, their causes may form a ring or a chain of thousands, and
 * many threads may throw one instance. No method here throws, except {@link #rethrow},
 * and every walk along causes is bounded.
 * <p>
 * All methods are thread-safe.
 */
public final class Failures {

	/** How far causes are followed. */
	private static final int DEPTH = 50;

	/**
	 * How many throwables, including causes and suppressed ones, one log entry may have.
	 */
	private static final int TOTAL = 200;

	private Failures() {
	}

	/**
	 * Logs a failure. If it cannot be written as it is, logs a stand-in with its class
	 * and as much of the rest as could be read.
	 * @param log the logger
	 * @param level the level
	 * @param failure what was thrown
	 * @param message the message, with SLF4J's placeholders
	 * @param arguments the arguments for the placeholders
	 */
	public static void log(Logger log, Level level, Throwable failure, String message, @Nullable Object... arguments) {
		try {
			if (log.isEnabledForLevel(level)) {
				log.atLevel(level).setCause(loggable(failure)).log(message, arguments);
			}
		}
		catch (Throwable unlogged) {
			try {
				log.atLevel(level)
					.log(message + " ({}, and could not be logged: {})", with(arguments, failure, unlogged));
			}
			catch (Throwable given) {
				// There is no stack or memory left for logging, or the log itself is
				// broken.
			}
		}
	}

	/**
	 * Returns a throwable's class and message, or just its class if the message cannot be
	 * read.
	 * @param failure the throwable
	 * @return the description, never empty
	 */
	public static String describe(Throwable failure) {
		String name = failure.getClass().getName();
		try {
			String message = failure.getMessage();
			return (message != null) ? name + ": " + message : name;
		}
		catch (Throwable unreadable) {
			return name;
		}
	}

	/**
	 * Returns a throwable and its causes, outermost first: up to fifty of them, each
	 * once.
	 * @param failure the throwable
	 * @return the chain, never empty
	 */
	public static List<Throwable> causes(Throwable failure) {
		Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		List<Throwable> chain = new ArrayList<>(4);
		Throwable link = failure;
		while (link != null && chain.size() < DEPTH && seen.add(link)) {
			chain.add(link);
			link = cause(link);
		}
		return chain;
	}

	/**
	 * Returns a throwable's cause.
	 * @param failure the throwable
	 * @return its cause; {@code null} if it has none or cannot be asked
	 */
	public static @Nullable Throwable cause(Throwable failure) {
		try {
			return failure.getCause();
		}
		catch (Throwable unreadable) {
			return null;
		}
	}

	/**
	 * Adds a suppressed throwable to another throwable, if possible.
	 * @param failure the throwable that will be thrown
	 * @param another the throwable that would be lost
	 */
	public static void suppress(Throwable failure, Throwable another) {
		if (failure == another) {
			return;
		}
		try {
			failure.addSuppressed(another);
		}
		catch (Throwable rejected) {
			// The method is final in the JDK and rejects only the throwable itself, but
			// there may be no memory left.
		}
	}

	/**
	 * Throws a throwable as it is, checked or not.
	 * @param failure what to throw
	 * @return never; callers write {@code throw}, so that the compiler sees the end
	 */
	public static RuntimeException rethrow(Throwable failure) {
		throw Failures.<RuntimeException>unchecked(failure);
	}

	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	private static <X extends Throwable> X unchecked(Throwable failure) throws X {
		throw (X) failure;
	}

	/**
	 * Returns the failure itself if a logging system can write it, and otherwise a
	 * stand-in.
	 */
	private static Throwable loggable(Throwable failure) {
		Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		try {
			return isPlain(failure, seen) ? failure : new Unloggable(failure);
		}
		catch (RuntimeException unreadable) {
			return new Unloggable(failure);
		}
	}

	private static boolean isPlain(@Nullable Throwable failure, Set<Throwable> seen) {
		for (Throwable link = failure; link != null && seen.add(link); link = link.getCause()) {
			if (seen.size() > TOTAL || !isReadable(link)) {
				return false;
			}
			for (Throwable each : link.getSuppressed()) {
				if (!isPlain(each, seen)) {
					return false;
				}
			}
		}
		return true;
	}

	/** Reads everything that a logging system may read. */
	@SuppressWarnings({ "CheckReturnValue", "ReturnValueIgnored" })
	private static boolean isReadable(Throwable failure) {
		try {
			failure.getMessage();
			failure.getLocalizedMessage();
			failure.getCause();
			// The copy finds a {@code null} among the frames.
			return failure.toString() != null && List.of(failure.getStackTrace()) != null;
		}
		catch (Throwable unreadable) {
			return false;
		}
	}

	private static @Nullable Object[] with(@Nullable Object[] arguments, Throwable failure, Throwable unlogged) {
		@Nullable Object[] all = Arrays.copyOf(arguments, arguments.length + 2);
		all[arguments.length] = failure.getClass().getName();
		all[arguments.length + 1] = unlogged.getClass().getName();
		return all;
	}

	/** Stands in the log for a throwable that cannot be written as it is. */
	@SuppressWarnings("serial")
	private static final class Unloggable extends Throwable {

		Unloggable(Throwable failure) {
			super(describe(failure) + " (not logged as it is: it is nested too deeply, or cannot be read)", null, true,
					true);
			setStackTrace(frames(failure));
			for (Throwable cause : causes(failure)) {
				if (cause != failure) {
					addSuppressed(new Unloggable(describe(cause), frames(cause)));
				}
			}
		}

		private Unloggable(String description, StackTraceElement[] frames) {
			super("caused by " + description, null, true, true);
			setStackTrace(frames);
		}

		private static StackTraceElement[] frames(Throwable failure) {
			try {
				return List.of(failure.getStackTrace()).toArray(new StackTraceElement[0]);
			}
			catch (Throwable unreadable) {
				return new StackTraceElement[0];
			}
		}

	}

}
