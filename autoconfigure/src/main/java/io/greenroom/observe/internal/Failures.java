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
 * Handles throwables that come from code that is not Greenroom's, and of which nothing is
 * sure: their methods may throw or return null, their causes may form a ring or a chain
 * of thousands, one instance may be thrown by many threads. Nothing here throws, whatever
 * it is given, but {@link #rethrow}; and no walk along causes is without a bound.
 * <p>
 * All methods are safe for use by many threads.
 */
public final class Failures {

	/** How far causes are followed. What is deeper has never helped anybody. */
	private static final int DEPTH = 50;

	/**
	 * How many throwables, causes and suppressed ones together, one entry of a log may
	 * have.
	 */
	private static final int TOTAL = 200;

	private Failures() {
	}

	/**
	 * Logs a failure. One that can't be written as it is, is told by a stand-in that has
	 * its class and as much of the rest as could be read.
	 * @param log where to
	 * @param level how loud
	 * @param failure what was thrown
	 * @param message the message, with SLF4J's placeholders
	 * @param arguments what to put in their places
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
				// No stack or no memory is left to say it with, or the log itself is
				// broken.
			}
		}
	}

	/**
	 * Returns a throwable's class and message, or just its class if the message can't be
	 * had.
	 * @param failure the throwable
	 * @return the words for it, never empty
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
	 * @return its cause; null if it has none or does not say
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
	 * Adds one throwable to what another suppressed, where that is possible.
	 * @param failure the one that is going to be thrown
	 * @param another the one that would be lost
	 */
	public static void suppress(Throwable failure, Throwable another) {
		if (failure == another) {
			return;
		}
		try {
			failure.addSuppressed(another);
		}
		catch (Throwable rejected) {
			// It is final in the JDK and rejects only itself; no memory may be left.
		}
	}

	/**
	 * Throws a throwable as it is, checked or not.
	 * @param failure what to throw
	 * @return never; callers say {@code throw}, so that the compiler sees the end
	 */
	public static RuntimeException rethrow(Throwable failure) {
		throw Failures.<RuntimeException>unchecked(failure);
	}

	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	private static <X extends Throwable> X unchecked(Throwable failure) throws X {
		throw (X) failure;
	}

	/** Returns the failure itself if a logging system can write it, else a stand-in. */
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

	/** Asks for all that a logging system may ask for. */
	@SuppressWarnings({ "CheckReturnValue", "ReturnValueIgnored" })
	private static boolean isReadable(Throwable failure) {
		try {
			failure.getMessage();
			failure.getLocalizedMessage();
			failure.getCause();
			// A null among the frames is found by the copy.
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

	/** Stands in the log for a throwable that can't be written as it is. */
	@SuppressWarnings("serial")
	private static final class Unloggable extends Throwable {

		Unloggable(Throwable failure) {
			super(describe(failure) + " (not logged as it is: too deep, or what it says of itself can't be read)", null,
					true, true);
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
