package io.greenroom.green.worker;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.greenroom.green.internal.Timing;
import io.greenroom.green.internal.Turn;
import org.jspecify.annotations.Nullable;

/**
 * Virtual threads whose scheduler is the line of the worker and whose carrier is the
 * thread that steps. Whatever makes a virtual thread unmount ends a step, except for a
 * lock that a thread outside of the worker holds, such as the lock of a log: that takes
 * part in no order, so the step goes on when it is free. Needs
 * {@code --add-opens java.base/java.lang=ALL-UNNAMED}.
 */
final class CarrierEngine extends WorkerEngine<CarrierEngine.Mounted> {

	private static final @Nullable Constructor<?> BUILDER = findBuilder();

	/** The scheduler of ordinary virtual threads. */
	private static final Executor ORDINARY = findOrdinary();

	/** How long a step waits for a lock that somebody outside holds. */
	private static final Duration PATIENCE = Duration.ofSeconds(1);

	/**
	 * How long a step waits for a lock whose holder is not known, and may be a routine
	 * that can't go on before the step has ended.
	 */
	private static final Duration SHORT_PATIENCE = Duration.ofMillis(10);

	/** How often to check who holds a lock, in milliseconds. */
	private static final long LOOK_AGAIN_MILLIS = 1;

	/** The threads by the continuation that the JDK passes to its scheduler. */
	private final Map<Runnable, Mounted> byContinuation = new ConcurrentHashMap<>();

	/** Set when the worker has been closed, and is not stepped any more. */
	private volatile boolean released;

	/** The running thread; confined to the stepper. */
	private @Nullable Mounted running;

	/**
	 * Whether the next continuation starts the running thread; confined to the stepper.
	 */
	private boolean starting;

	CarrierEngine(String name, Order<Mounted> order, Consumer<String> onStep) {
		super(name, order, onStep);
	}

	private static @Nullable Constructor<?> findBuilder() {
		try {
			Constructor<?> constructor = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
				.getDeclaredConstructor(Executor.class);
			return constructor.trySetAccessible() ? constructor : null;
		}
		catch (ReflectiveOperationException ex) {
			return null;
		}
	}

	/** Threads of a worker that is closed go on as ordinary ones, if possible. */
	private static Executor findOrdinary() {
		try {
			Method scheduler = Class.forName("java.lang.VirtualThread").getDeclaredMethod("defaultScheduler");
			if (scheduler.trySetAccessible()) {
				startPollers();
				return (Executor) scheduler.invoke(null);
			}
		}
		catch (ReflectiveOperationException ex) {
			// Another JDK, or a closed one.
		}
		return (continuation) -> {
		};
	}

	/**
	 * The virtual threads that wait for the network on behalf of all others are started
	 * by the first that needs one. If that were a routine, they would run when its worker
	 * is stepped, and never otherwise.
	 */
	private static void startPollers() {
		try {
			Class.forName("sun.nio.ch.Poller", true, null);
		}
		catch (ClassNotFoundException ex) {
			// Another JDK.
		}
	}

	static boolean available() {
		return BUILDER != null;
	}

	@Override
	Thread.Builder.OfVirtual builder() {
		try {
			Executor line = this::ready;
			return (Thread.Builder.OfVirtual) Objects.requireNonNull(BUILDER).newInstance(line);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("Worker '" + name() + "' cannot create a thread on its own carrier", ex);
		}
	}

	@Override
	Mounted routine(Thread thread) {
		return new Mounted(thread);
	}

	@Override
	void checkStepper(Thread thread) {
		if (thread.isVirtual()) {
			throw new IllegalStateException("Worker '" + name() + "' was asked to step by the virtual thread '"
					+ thread.getName()
					+ "', which cannot carry others; step it from a platform thread, or build it with Mode.BATON");
		}
	}

	@Override
	void run(Mounted next, long goOnUntil, Pace pace) {
		announce(next);
		this.running = next;
		try {
			do {
				next.mount();
			}
			while (next.keepsTurn());
		}
		finally {
			this.starting = false;
			this.running = null;
		}
	}

	/** Called by the JDK, on any thread, when a virtual thread can go on. */
	private void ready(Runnable continuation) {
		if (this.starting && Thread.currentThread() == stepper()) {
			this.starting = false;
			Objects.requireNonNull(this.running).continuation = continuation;
			this.byContinuation.put(continuation, this.running);
		}
		else if (Thread.currentThread() == stepper() && this.running != null
				&& this.running.continuation == continuation) {
			this.running.readyAtOnce();
		}
		else {
			known(continuation).ready();
			if (this.released) {
				release();
			}
		}
	}

	/**
	 * Lets the threads go on that routines have started with the JDK: they may be the
	 * threads of a library, and need not end with the worker.
	 */
	@Override
	void release() {
		this.released = true;
		for (Mounted next = this.queue.poll(); next != null; next = this.queue.poll()) {
			if (next.thread == null) {
				ORDINARY.execute(Objects.requireNonNull(next.continuation));
			}
		}
	}

	/** Threads that routines start by themselves inherit this scheduler. */
	private Mounted known(Runnable continuation) {
		Mounted known = this.byContinuation.get(continuation);
		return (known != null) ? known : new Mounted(continuation);
	}

	/** Returns whether a thread can go on while no routine does. */
	private boolean isOutside(Thread holder) {
		return holder != lastStepper() && isStranger(holder);
	}

	@Override
	void ended(@Nullable Turn routine) {
		if (routine instanceof Mounted mounted && mounted.continuation != null) {
			this.byContinuation.remove(mounted.continuation);
		}
	}

	/** A virtual thread of the worker, or one that a routine has started with the JDK. */
	final class Mounted implements WorkerEngine.Routine {

		/** {@code null} for a thread that a routine has started with the JDK. */
		private final @Nullable Thread thread;

		/** Volatile, because the stepper reads it. */
		private volatile boolean outside;

		/** Volatile, because others read it. */
		private volatile @Nullable Object blocker;

		/** Written by the stepper before the first step. */
		private @Nullable Runnable continuation;

		/**
		 * Whether its step has not ended. Set by the stepper, and otherwise guarded by
		 * this. Of no importance while it waits by Greenroom's means.
		 */
		private boolean inStep;

		/** Whether it can go on although its step has not ended; guarded by this. */
		private boolean readyInStep;

		/** Whether it lets others go first; confined to the stepper, as its carrier. */
		private boolean pausing;

		/** Whether it has let others go first; confined to the stepper. */
		private boolean yielded;

		Mounted(Thread thread) {
			this.thread = thread;
		}

		Mounted(Runnable continuation) {
			this.thread = null;
			this.continuation = continuation;
		}

		/** Runs it on the current thread until it unmounts. */
		void mount() {
			this.inStep = true;
			this.yielded = false;
			if (this.continuation == null) {
				CarrierEngine.this.starting = true;
				thread().start();
			}
			Objects.requireNonNull(this.continuation).run();
		}

		/** It can go on, as it finds by itself when it unmounts. */
		void readyAtOnce() {
			if (this.pausing || this.thread == null) {
				this.yielded = true;
				addYielded(this);
			}
			else {
				ready();
			}
		}

		/**
		 * It can go on: in its step, if that waits for means of the JDK, and otherwise in
		 * its turn.
		 */
		void ready() {
			if (this.blocker != null) {
				CarrierEngine.this.queue.add(this);
			}
			else {
				endJdkWait();
			}
		}

		private synchronized void endJdkWait() {
			if (this.inStep) {
				this.readyInStep = true;
				notifyAll();
			}
			else {
				// In the line first, because nothing else keeps the time from jumping.
				CarrierEngine.this.queue.add(this);
				CarrierEngine.this.realWaits.end(this);
			}
		}

		/**
		 * Returns whether it goes on in the same step, once the lock it needs is free;
		 * otherwise the step has ended.
		 */
		boolean keepsTurn() {
			return !this.yielded && this.blocker == null && this.thread != null && staysInStep(this.thread);
		}

		private synchronized boolean staysInStep(Thread waiting) {
			boolean yields = this.readyInStep && hasYielded(waiting);
			this.inStep = !yields && awaitLock(waiting);
			this.readyInStep = false;
			if (yields) {
				addYielded(this);
			}
			else if (!this.inStep && waiting.isAlive()) {
				CarrierEngine.this.realWaits.beginJdk(this, () -> JdkWaits.heldBy(waiting));
			}
			return this.inStep;
		}

		/** Tells a yield from a wait that was over before it had begun. */
		private static boolean hasYielded(Thread ready) {
			return LockSupport.getBlocker(ready) == null && Stream.of(ready.getStackTrace())
				.anyMatch((frame) -> frame.getClassName().equals("java.lang.Thread")
						&& frame.getMethodName().equals("yield"));
		}

		/** Waits for a lock; returns whether it can go on. */
		private boolean awaitLock(Thread waiting) {
			long begin = System.nanoTime();
			boolean interrupted = false;
			while (!this.readyInStep && System.nanoTime() - begin < patience(waiting).toNanos()) {
				try {
					wait(LOOK_AGAIN_MILLIS);
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
			return this.readyInStep;
		}

		/** Returns how long a thread keeps its turn. */
		private Duration patience(Thread waiting) {
			return switch (waiting.getState()) {
				// Somebody is just unparking it.
				case RUNNABLE -> PATIENCE;
				case BLOCKED -> SHORT_PATIENCE;
				case WAITING, TIMED_WAITING ->
					JdkWaits.isForLock(waiting) ? patienceWith(JdkWaits.holder(waiting)) : Duration.ZERO;
				case NEW, TERMINATED -> Duration.ZERO;
			};
		}

		private Duration patienceWith(@Nullable Thread holder) {
			if (holder == null) {
				return SHORT_PATIENCE;
			}
			return isOutside(holder) ? PATIENCE : Duration.ZERO;
		}

		@Override
		public Thread thread() {
			return Objects.requireNonNull(this.thread);
		}

		@Override
		public String name() {
			return (this.thread != null) ? this.thread.getName() : "a thread that a routine has started";
		}

		@Override
		public boolean isParked() {
			return !this.outside && thread().getState() == Thread.State.WAITING && !waitsForOutside();
		}

		/**
		 * The network, a process, and a lock that is held outside end a wait in real
		 * time.
		 */
		private boolean waitsForOutside() {
			if (this.blocker != null) {
				return false;
			}
			Thread holder = JdkWaits.holder(thread());
			return (holder != null) ? isOutside(holder) : JdkWaits.isForOutside(thread());
		}

		@Override
		public void outside(boolean now) {
			this.outside = now;
			CarrierEngine.this.outside(this, now);
		}

		@Override
		public long nanoTime() {
			return CarrierEngine.this.nanoTime();
		}

		@Override
		public Runnable schedule(long nanos, Timing timing, Runnable action) {
			return CarrierEngine.this.queue.schedule(nanos, timing, action);
		}

		@Override
		public @Nullable Object blocker() {
			return this.blocker;
		}

		@Override
		public void park(Object blocker) {
			this.blocker = blocker;
			LockSupport.park(blocker);
			this.blocker = null;
		}

		@Override
		public void parkNanos(Object blocker, long nanos, Timing timing) {
			if (nanos > 0) {
				Runnable cancel = schedule(nanos, timing, this::unpark);
				park(blocker);
				cancel.run();
			}
		}

		@Override
		public void pause() {
			this.pausing = true;
			Thread.yield();
			this.pausing = false;
		}

		@Override
		public void unpark() {
			CarrierEngine.this.realWaits.beginWake();
			try {
				LockSupport.unpark(this.thread);
			}
			finally {
				CarrierEngine.this.realWaits.endWake();
			}
		}

		@Override
		public void interrupt() {
			CarrierEngine.this.realWaits.beginWake();
			try {
				thread().interrupt();
			}
			finally {
				CarrierEngine.this.realWaits.endWake();
			}
		}

	}

}
