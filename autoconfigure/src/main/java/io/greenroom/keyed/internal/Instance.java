package io.greenroom.keyed.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerFamily;
import io.greenroom.deferred.internal.HandlerHost;
import io.greenroom.green.Parking;
import org.jspecify.annotations.Nullable;

/**
 * The instance of one key, from before its creation until after its removal.
 * <p>
 * One counter decides whether a call gets in. A caller increments it to enter. The thread
 * that retires the instance sets the {@link #CLOSED} bit, which succeeds only while no
 * caller is in. A caller that finds the bit set waits for the next instance.
 */
final class Instance<K> implements HandlerHost {

	/** The bit of {@link #callers} that keeps callers out, temporarily or for good. */
	private static final int CLOSED = Integer.MIN_VALUE;

	private static final String UNMADE = "unmade";

	private static final VarHandle CALLERS;

	static {
		try {
			CALLERS = MethodHandles.lookup().findVarHandle(Instance.class, "callers", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final K key;

	private final Owner<K> owner;

	private final Handler handler;

	/** The number of callers that are in. */
	private volatile int callers = 1;

	/** When the last caller left, or a body ended. */
	private volatile long lastUse;

	/** The last use as of the last check. Guarded by the {@link IdleInstances}. */
	long knownUse;

	/**
	 * The index in the {@link IdleInstances}, or negative if absent. Written under their
	 * lock.
	 */
	volatile int place = -1;

	/** Why the instance ends. Written by the thread that closes it. */
	private volatile String reason = "closed";

	/** Whether the target must be created anew before the next call. */
	volatile boolean dropped;

	/** Written by the handler's own thread. */
	private volatile @Nullable Made made;

	/** Whether the end has begun. Guarded by this. */
	private boolean ending;

	/** Whether the instance has been removed. */
	private volatile boolean gone;

	/**
	 * The threads that wait for a change; {@code null} if there was none yet. Written
	 * under this.
	 */
	private volatile @Nullable Queue<Thread> waiting;

	/** Creates an instance that its creator is in. */
	Instance(K key, String label, HandlerFamily family, Owner<K> owner) {
		this.key = key;
		this.owner = owner;
		this.handler = family.member(label, this);
		this.lastUse = now();
	}

	K key() {
		return this.key;
	}

	Handler handler() {
		return this.handler;
	}

	@Nullable Made made() {
		return this.made;
	}

	long lastUse() {
		return this.lastUse;
	}

	boolean isEntered() {
		return this.callers != 0;
	}

	/**
	 * Enters the instance. Returns whether that succeeded; if so, the caller must leave.
	 */
	boolean enter() {
		int seen = this.callers;
		while (seen >= 0) {
			int found = (int) CALLERS.compareAndExchange(this, seen, seen + 1);
			if (found == seen) {
				return true;
			}
			seen = found;
		}
		if (this.handler.isHeld()) {
			// A call of the own key, made while the instance ends.
			CALLERS.getAndAdd(this, 1);
			return true;
		}
		return false;
	}

	/** Leaves the instance. */
	void leave() {
		this.lastUse = now();
		if ((int) CALLERS.getAndAdd(this, -1) == 1) {
			settle();
		}
	}

	/** Called when the last caller has left. */
	private void settle() {
		if (this.handler.isMade()) {
			this.owner.idle(this);
		}
		else {
			retireUnmade();
		}
	}

	/** Returns why the instance ends. */
	String reason() {
		return this.reason;
	}

	/** Returns whether callers are kept out, temporarily or for good. */
	boolean isClosed() {
		return this.callers < 0;
	}

	/**
	 * Ends the instance if no caller is in and it is idle. Returns whether it ends or has
	 * ended.
	 */
	boolean retire(String why) {
		return retire(why, this.handler::retire);
	}

	/** Ends the instance if it has no target and no caller that could have it created. */
	private void retireUnmade() {
		// It may be created meanwhile, for a call whose caller has left.
		retire(UNMADE, this.handler::retireUnmade);
	}

	private boolean retire(String why, BooleanSupplier end) {
		if (!CALLERS.compareAndSet(this, 0, CLOSED)) {
			return false;
		}
		this.reason = why;
		boolean retired = false;
		try {
			retired = end.getAsBoolean();
		}
		finally {
			if (!retired) {
				reopen();
			}
		}
		return retired;
	}

	/** Lets callers in again, because the instance is not idle after all. */
	private void reopen() {
		this.reason = "closed";
		this.lastUse = now();
		int before = (int) CALLERS.getAndAdd(this, -CLOSED);
		wakeWaiting();
		if (before == CLOSED && this.handler.isMade()) {
			this.owner.idle(this);
		}
	}

	/**
	 * Waits until the instance is removed or lets callers in again. Returns {@code false}
	 * if the limit elapsed before.
	 */
	boolean awaitChange(Duration limit) throws InterruptedException {
		long start = now();
		long nanos = TimeUnit.NANOSECONDS.convert(limit);
		Thread current = Thread.currentThread();
		Queue<Thread> line = waiting();
		line.add(current);
		try {
			while (!this.gone && this.callers < 0) {
				long left = nanos - (now() - start);
				if (left <= 0) {
					return false;
				}
				Parking.parkNanos(this, left);
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
			}
			return true;
		}
		finally {
			line.remove(current);
		}
	}

	private synchronized Queue<Thread> waiting() {
		Queue<Thread> known = this.waiting;
		if (known == null) {
			known = new ConcurrentLinkedQueue<>();
			this.waiting = known;
		}
		return known;
	}

	private void wakeWaiting() {
		Queue<Thread> line = this.waiting;
		if (line != null) {
			line.forEach(Parking::unpark);
		}
	}

	private long now() {
		return this.owner.now();
	}

	@Override
	public Made make() throws Throwable {
		Made instance = this.owner.make(this);
		this.made = instance;
		return instance;
	}

	@Override
	public void unmade() {
		Made before = this.made;
		this.made = null;
		if (before != null) {
			this.owner.unmade(this, before);
		}
	}

	@Override
	public void ran() {
		this.lastUse = now();
		if (this.callers == 0) {
			// Its callers may have left before it was created.
			this.owner.idle(this);
		}
	}

	@Override
	public void rested() {
		if (!this.handler.isMade()) {
			retireUnmade();
		}
	}

	@Override
	public void ended() {
		int seen = this.callers;
		while (seen >= 0 && !CALLERS.compareAndSet(this, seen, seen + CLOSED)) {
			seen = this.callers;
		}
		this.owner.ended(this);
	}

	/** Begins the end. Returns {@code false} if it had begun before. */
	synchronized boolean beginEnd() {
		boolean first = !this.ending;
		this.ending = true;
		return first;
	}

	/** Returns whether the end has begun. */
	synchronized boolean isEnded() {
		return this.ending;
	}

	/** Called when the instance can no longer be found. */
	void gone() {
		this.made = null;
		this.gone = true;
		wakeWaiting();
	}

	@Override
	public String toString() {
		return this.handler.name();
	}

	/** The owner of the instances of all keys. */
	interface Owner<K> {

		/** Returns the time of their threads, in nanoseconds. */
		long now();

		/** Creates the target of an instance. */
		Made make(Instance<K> instance) throws Throwable;

		/** Called when an instance stays but its target is no longer used. */
		void unmade(Instance<K> instance, Made before);

		/** Called when the last caller has left. */
		void idle(Instance<K> instance);

		/** Called when nothing runs any more and callers are kept out. */
		void ended(Instance<K> instance);

	}

}
