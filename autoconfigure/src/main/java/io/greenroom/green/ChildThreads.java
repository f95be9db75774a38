package io.greenroom.green;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.greenroom.green.internal.Countdown;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * The green threads of a group or scope that have not ended, and the first failure of
 * those that have. A thread that is added while all are being killed is killed too.
 */
final class ChildThreads {

	/** How many suppressed failures one failure may carry. */
	private static final int MOST = 64;

	/**
	 * The threads, and whether a failure of each counts. It does not count if it goes to
	 * another thread, or if this object caused it. Guarded by this.
	 */
	private final Map<GreenThread<?>, Boolean> threads;

	/** Whether later failures are kept too, as suppressed failures of the first. */
	private final boolean keepsAll;

	/** Guarded by this. */
	private @Nullable Throwable failure;

	/** How many kills are in progress; guarded by this. */
	private int kills;

	/**
	 * Creates an empty set.
	 * @param inOrder whether the threads keep their order, which needs more memory
	 */
	ChildThreads(boolean keepsAll, boolean inOrder) {
		this.keepsAll = keepsAll;
		this.threads = inOrder ? new LinkedHashMap<>() : new IdentityHashMap<>();
	}

	/** Adds a thread whose failure is not kept here, but reported as unobserved. */
	void add(GreenThread<?> thread) {
		StackRoom.check();
		boolean killed = put(thread, true);
		try {
			thread.linkQuietly(this::forget);
		}
		catch (Throwable outOfMemory) {
			discard(thread);
			throw outOfMemory;
		}
		if (killed) {
			thread.kill();
		}
	}

	/** Adds a thread whose failure will be observed. */
	void addWatched(GreenThread<?> thread, boolean keepFailure) {
		StackRoom.check();
		boolean killed = put(thread, keepFailure);
		try {
			thread.link(this::forget);
		}
		catch (Throwable outOfMemory) {
			discard(thread);
			throw outOfMemory;
		}
		if (killed) {
			thread.kill();
		}
	}

	private synchronized boolean put(GreenThread<?> thread, boolean keepFailure) {
		boolean killed = (this.kills > 0);
		this.threads.put(thread, keepFailure && !killed);
		return killed;
	}

	/**
	 * Starts a member. If it cannot be started, it does not become a member, and the
	 * failure is thrown.
	 */
	<T> GreenThread<T> start(GreenThread<T> thread) {
		try {
			thread.start();
			return thread;
		}
		catch (Throwable rejected) {
			discard(thread);
			forgive(rejected);
			throw rejected;
		}
	}

	synchronized void discard(GreenThread<?> thread) {
		this.threads.remove(thread);
	}

	/** Removes a member that has ended. Idempotent. */
	synchronized void forget(GreenThread<?> ended) {
		Boolean counts = this.threads.remove(ended);
		Throwable thrown = ended.exception();
		if (counts == null || thrown == null) {
			return;
		}
		if (counts) {
			keep(thrown);
		}
		else if (this.keepsAll && !(thrown instanceof GreenThreadKilledException)) {
			// It was killed from here, but what its clean-up threw counts nevertheless.
			keep(thrown);
		}
	}

	/** Called under the lock. */
	private void keep(Throwable thrown) {
		if (this.failure == null) {
			this.failure = thrown;
		}
		else if (this.keepsAll) {
			suppress(this.failure, thrown);
		}
	}

	/** A failure that recurs must not grow without bound. */
	static void suppress(Throwable failure, Throwable another) {
		synchronized (failure) {
			Throwable[] known = failure.getSuppressed();
			if (known.length < MOST && List.of(known).stream().noneMatch((each) -> each == another)) {
				Failures.suppress(failure, another);
			}
		}
	}

	private synchronized void forgive(Throwable known) {
		if (this.failure == known) {
			this.failure = null;
		}
	}

	/** Returns the first failure since the last call. */
	synchronized @Nullable Throwable takeFailure() {
		Throwable taken = this.failure;
		this.failure = null;
		return taken;
	}

	synchronized boolean hasFailed() {
		return this.failure != null;
	}

	synchronized List<GreenThread<?>> snapshot() {
		return new ArrayList<>(this.threads.keySet());
	}

	synchronized int count() {
		return this.threads.size();
	}

	/** Kills all threads and waits; returns those that have not ended in time. */
	List<GreenThread<?>> kill(Countdown time) throws InterruptedException {
		StackRoom.check();
		List<GreenThread<?>> now = snapshot();
		Joining.rejectSelf(now);
		beginKill();
		try {
			for (now = killed(); !now.isEmpty(); now = snapshot()) {
				if (!awaitEnd(now, time)) {
					return snapshot();
				}
			}
			return now;
		}
		finally {
			endKill();
		}
	}

	/** Kills all threads, including those added until the end of the kill. */
	private List<GreenThread<?>> killed() {
		List<GreenThread<?>> now = snapshot();
		now.forEach(GreenThread::kill);
		return now;
	}

	/**
	 * Kills all threads, once, and waits until they have ended. An interrupt stays set.
	 */
	void killUninterruptibly() {
		Joining.rejectSelf(snapshot());
		boolean interrupted = false;
		beginKill();
		try {
			for (List<GreenThread<?>> now = killed(); !now.isEmpty(); now = snapshot()) {
				try {
					awaitEnd(now, new Countdown(Long.MAX_VALUE));
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		finally {
			endKill();
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/** Kills all threads and does not wait. */
	void kill() {
		StackRoom.check();
		beginKill();
		try {
			killed();
		}
		finally {
			endKill();
		}
	}

	private synchronized void beginKill() {
		this.kills++;
		this.threads.replaceAll((thread, counts) -> thread.isDone() && counts);
	}

	private synchronized void endKill() {
		this.kills--;
	}

	private boolean awaitEnd(Collection<GreenThread<?>> now, Countdown time) throws InterruptedException {
		for (GreenThread<?> thread : now) {
			if (!thread.await(time.left())) {
				return false;
			}
			// Its own link may be called later than this.
			forget(thread);
		}
		return true;
	}

}
