package io.greenroom.keyed.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerFamily;
import io.greenroom.deferred.internal.HandlerHost;
import org.jspecify.annotations.Nullable;

/**
 * The instance of one key, from before it is made until after it is gone.
 * <p>
 * One word decides whether a call gets in: callers who are in count it up, whoever
 * retires the instance marks it when nobody is, and whoever finds it marked waits for the
 * next instance.
 */
final class Instance<K> implements HandlerHost {

	/** In {@link #callers}: nobody gets in any more, or for the moment. */
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

	/** How many callers are in. */
	private volatile int callers = 1;

	/** When somebody last left, or a body ended. */
	private volatile long lastUse = System.nanoTime();

	/** What it was when last looked at; guarded by {@link IdleInstances}. */
	long knownUse;

	/**
	 * Where it is there, negative for nowhere; written under the lock of
	 * {@link IdleInstances}.
	 */
	volatile int place = -1;

	/** Why it ends; written by the thread that closes it. */
	private volatile String reason = "closed";

	/** Whether it is to be made anew before its next call. */
	volatile boolean dropped;

	/** Written by the handler's own thread. */
	private volatile @Nullable Made made;

	/** Whether it has been ended; guarded by this. */
	private boolean ending;

	/** Whether it is gone; guarded by this. */
	private boolean gone;

	/** Makes an instance that its maker is in. */
	Instance(K key, String label, HandlerFamily family, Owner<K> owner) {
		this.key = key;
		this.owner = owner;
		this.handler = family.member(label, this);
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

	/** A caller gets in; returns whether it does, and is to leave. */
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
			// The end of the instance calls its own key.
			CALLERS.getAndAdd(this, 1);
			return true;
		}
		return false;
	}

	/** A caller leaves. */
	void leave() {
		this.lastUse = System.nanoTime();
		if ((int) CALLERS.getAndAdd(this, -1) == 1) {
			settle();
		}
	}

	/** Nobody is in. */
	private void settle() {
		if (this.handler.isMade()) {
			this.owner.idle(this);
		}
		else {
			retireUnmade();
		}
	}

	/** Returns why it ends. */
	String reason() {
		return this.reason;
	}

	/** Returns whether nobody gets in, for the moment or any more. */
	boolean isClosed() {
		return this.callers < 0;
	}

	/**
	 * Ends the instance if nobody is in and nothing is to be done; returns whether it
	 * ends or has ended.
	 */
	boolean retire(String why) {
		return retire(why, this.handler::retire);
	}

	/** Ends the instance if nobody wants it who could have it made. */
	private void retireUnmade() {
		// It may be made meanwhile, for a call whose caller has left.
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

	/** It has something to do after all, and so is in use. */
	private void reopen() {
		this.reason = "closed";
		this.lastUse = System.nanoTime();
		int before = (int) CALLERS.getAndAdd(this, -CLOSED);
		synchronized (this) {
			notifyAll();
		}
		if (before == CLOSED && this.handler.isMade()) {
			this.owner.idle(this);
		}
	}

	/**
	 * Waits until the instance is gone or lets callers in again; returns whether that
	 * came in time.
	 */
	synchronized boolean awaitChange(Duration limit) throws InterruptedException {
		long start = System.nanoTime();
		long nanos = limit.toNanos();
		while (!this.gone && this.callers < 0) {
			long left = nanos - (System.nanoTime() - start);
			if (left <= 0) {
				return false;
			}
			TimeUnit.NANOSECONDS.timedWait(this, left);
		}
		return true;
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
		this.lastUse = System.nanoTime();
		if (this.callers == 0) {
			// Its callers may have left before it was made.
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

	/** Begins the end; returns whether nobody has. */
	synchronized boolean beginEnd() {
		boolean first = !this.ending;
		this.ending = true;
		return first;
	}

	/** Returns whether it has ended, or is about to. */
	synchronized boolean isEnded() {
		return this.ending;
	}

	/** The instance can't be found any more. */
	synchronized void gone() {
		this.made = null;
		this.gone = true;
		notifyAll();
	}

	@Override
	public String toString() {
		return this.handler.name();
	}

	/** Who has the instances of all keys. */
	interface Owner<K> {

		/** Makes what is behind an instance. */
		Made make(Instance<K> instance) throws Throwable;

		/** What was behind an instance is not used any more, and it stays. */
		void unmade(Instance<K> instance, Made before);

		/** Nobody is in any more. */
		void idle(Instance<K> instance);

		/** Nothing runs any more, and nobody gets in. */
		void ended(Instance<K> instance);

	}

}
