package io.greenroom.green.worker;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.StampedLock;
import java.util.stream.Stream;

import io.greenroom.green.internal.Timing;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a parked virtual thread waits for by means of the JDK: for a lock, and who
 * holds that, or for the outside. The holder of a {@code synchronized} block, of a lock
 * that is being read, and of a {@link StampedLock} is not known.
 */
final class JdkWaits {

	private static final String LOCKS = AbstractOwnableSynchronizer.class.getPackageName();

	/** What waits for the network, and for processes, some of it by means of futures. */
	private static final List<String> OUTSIDE = List.of("sun.nio.ch.Poller", "jdk.internal.net.http.",
			"java.lang.ProcessImpl");

	/** What is there after a while, whatever the routines do. */
	private static final List<String> BY_ITSELF = List.of("java.lang.Thread.sleep", "com.zaxxer.hikari.pool.");

	/** How many frames a thread may have above that which waits for the outside. */
	private static final int DEPTH = 16;

	private static final @Nullable Method OWNER = findOwner();

	private JdkWaits() {
	}

	/** The module lets this package be opened to whom java.lang was opened. */
	private static @Nullable Method findOwner() {
		try {
			Method open = Module.class.getDeclaredMethod("implAddOpens", String.class, Module.class);
			if (!open.trySetAccessible()) {
				return null;
			}
			open.invoke(Object.class.getModule(), LOCKS, JdkWaits.class.getModule());
			Method owner = AbstractOwnableSynchronizer.class.getDeclaredMethod("getExclusiveOwnerThread");
			return owner.trySetAccessible() ? owner : null;
		}
		catch (ReflectiveOperationException ex) {
			return null;
		}
	}

	/** Returns whether a parked thread waits for a lock. */
	static boolean isForLock(Thread parked) {
		Object blocker = LockSupport.getBlocker(parked);
		return blocker instanceof StampedLock
				|| (blocker instanceof AbstractOwnableSynchronizer && blocker.getClass().getName().startsWith(LOCKS));
	}

	/**
	 * Returns who holds the lock that the thread waits for; {@code null} if that is not
	 * known, or nobody does at the moment.
	 */
	static @Nullable Thread holder(Thread waiting) {
		Object blocker = LockSupport.getBlocker(waiting);
		if (OWNER == null || !(blocker instanceof AbstractOwnableSynchronizer)) {
			return null;
		}
		try {
			return (Thread) OWNER.invoke(blocker);
		}
		catch (IllegalAccessException | InvocationTargetException ex) {
			throw new IllegalStateException("The holder of " + blocker + " can't be read", ex);
		}
	}

	/** Returns whether a parked thread waits for something outside of the JVM. */
	static boolean isForOutside(Thread parked) {
		return isIn(parked, OUTSIDE);
	}

	/**
	 * Returns the timers that the time does not jump to while a thread is parked. They
	 * are all, if it waits for something that comes in real time: from the outside, out
	 * of a pool of connections, or as the end of a sleep. They are the limits, if its
	 * wait has a limit itself: that ends it in real time at the latest, but a thread that
	 * sleeps may end it before.
	 */
	static Set<Timing> heldBy(Thread parked) {
		if (isForOutside(parked) || isIn(parked, BY_ITSELF)) {
			return RealWaits.ALL;
		}
		return (parked.getState() == Thread.State.TIMED_WAITING) ? RealWaits.LIMITS : RealWaits.NONE;
	}

	private static boolean isIn(Thread parked, List<String> beginnings) {
		return Stream.of(parked.getStackTrace())
			.limit(DEPTH)
			.map((frame) -> frame.getClassName() + '.' + frame.getMethodName())
			.anyMatch((method) -> beginnings.stream().anyMatch(method::startsWith));
	}

}
