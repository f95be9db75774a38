package io.greenroom.green.worker;

import java.lang.reflect.Constructor;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import io.greenroom.green.internal.Timing;
import io.greenroom.green.internal.Turn;
import org.jspecify.annotations.Nullable;

/**
 * Virtual threads whose scheduler is the line of the worker and whose carrier is the
 * thread that steps. Whatever makes a virtual thread unmount ends a step. Needs
 * {@code --add-opens java.base/java.lang=ALL-UNNAMED}.
 */
final class CarrierEngine extends WorkerEngine<CarrierEngine.Mounted> {

	private static final @Nullable Constructor<?> BUILDER = findBuilder();

	/** The threads by the continuation that the JDK passes to its scheduler. */
	private final Map<Runnable, Mounted> byContinuation = new ConcurrentHashMap<>();

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
			if (next.continuation == null) {
				this.starting = true;
				next.thread().start();
			}
			Objects.requireNonNull(next.continuation).run();
		}
		finally {
			this.starting = false;
			this.running = null;
		}
	}

	/** Called by the JDK, on any thread, when a virtual thread can go on. */
	private void ready(Runnable continuation) {
		if (Thread.currentThread() != stepper()) {
			this.queue.add(known(continuation));
		}
		else if (this.starting) {
			this.starting = false;
			Objects.requireNonNull(this.running).continuation = continuation;
			this.byContinuation.put(continuation, this.running);
		}
		else if (this.running != null && this.running.continuation == continuation) {
			this.queue.addYielded(this.running);
		}
		else {
			this.queue.add(known(continuation));
		}
	}

	/** Threads that routines start by themselves inherit this scheduler. */
	private Mounted known(Runnable continuation) {
		Mounted known = this.byContinuation.get(continuation);
		return (known != null) ? known : new Mounted(continuation);
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

		Mounted(Thread thread) {
			this.thread = thread;
		}

		Mounted(Runnable continuation) {
			this.thread = null;
			this.continuation = continuation;
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
			return !this.outside && thread().getState() == Thread.State.WAITING;
		}

		@Override
		public void outside(boolean now) {
			this.outside = now;
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
			Thread.yield();
		}

		@Override
		public void unpark() {
			LockSupport.unpark(this.thread);
		}

		@Override
		public void interrupt() {
			thread().interrupt();
		}

	}

}
