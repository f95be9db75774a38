package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.green.DrainedService;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.internal.Engine;
import io.greenroom.green.internal.Explained;
import io.greenroom.green.internal.SchedulerAccess;
import io.greenroom.green.internal.Turns;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of a handler know of it: its name, its target and options, its
 * scheduler, and its reports. There is one instance per handler, and it identifies the
 * handler of a hold or a call. Requests from one part to another go through it too, so
 * that no part depends on the whole.
 */
abstract class HandlerCore implements Call.Awaited, Explained {

	private final GreenScheduler scheduler;

	/** {@code null} if the scheduler manages the handler. */
	private final @Nullable HandlerHome home;

	private final HandlerType type;

	/** The target, or the pair of target and entry; {@code null} while there is none. */
	private volatile @Nullable Object made;

	private final HandlerOptions options;

	private final HandlerName name;

	/** {@code null} for handlers that are in no family. */
	private final @Nullable HandlerHost host;

	private final CallReports reports;

	private final Rejections rejections;

	HandlerCore(HandlerParts parts, CallReports reports, HandlerName name, @Nullable Object target,
			@Nullable HandlerHost host) {
		this.scheduler = parts.scheduler();
		this.home = parts.home();
		this.type = parts.type();
		this.options = parts.options();
		this.name = name;
		this.made = target;
		this.host = host;
		this.reports = reports;
		this.rejections = new Rejections(this.name, this.options, reports);
	}

	final GreenScheduler scheduler() {
		return this.scheduler;
	}

	/** Called at the first call of the handler. */
	final void attach() {
		if (this.home != null) {
			this.home.attach(service());
		}
		else {
			this.scheduler.attach(service());
		}
	}

	/** Called when the handler is awake. */
	final void retain() {
		if (this.home != null) {
			this.home.retain(service());
		}
		else {
			this.scheduler.retain(service());
		}
	}

	/** Called when the handler has given its thread back. */
	final void release() {
		if (this.home != null) {
			this.home.release(service());
		}
		else {
			this.scheduler.release(service());
		}
	}

	/** Called when the handler has ended. */
	final void detach() {
		if (this.home != null) {
			this.home.detach(service());
		}
		else {
			this.scheduler.detach(service());
		}
	}

	@Override
	public final long now() {
		return this.scheduler.nanoTime();
	}

	/** Returns what its threads run on. */
	final Engine engine() {
		return SchedulerAccess.get().engine(this.scheduler);
	}

	/**
	 * Rejects a wait that would never end, because its thread is the one that steps the
	 * threads of the handler.
	 */
	final void checkMayWait(String what, Call call) {
		if (Turns.areInUse()) {
			engine().checkMayWait(what, name() + "." + call.method());
		}
	}

	final HandlerType type() {
		return this.type;
	}

	final Object target() {
		Object known = made();
		return (known instanceof HandlerHost.Made pair) ? pair.target() : known;
	}

	/** Returns what bodies are called on if a call does not say. */
	final Object entry() {
		Object known = made();
		return (known instanceof HandlerHost.Made pair) ? pair.entry() : known;
	}

	private Object made() {
		Object known = this.made;
		if (known == null) {
			throw new IllegalStateException(
					"%s is being made or has ended, so it has no target at the moment; don't call it from its own constructor or initialization, except oneway"
						.formatted(this.name));
		}
		return known;
	}

	/** Returns whether there is a target. */
	final boolean isMade() {
		return this.made != null;
	}

	/** Owner: sets the target. */
	final void made(HandlerHost.Made made) {
		this.made = made;
	}

	/** Owner: removes the target. */
	final void unmade() {
		this.made = null;
	}

	/** Returns what makes the target, or {@code null} if it came with the handler. */
	final @Nullable HandlerHost host() {
		return this.host;
	}

	final HandlerOptions options() {
		return this.options;
	}

	@Override
	public final String name() {
		return this.name.toString();
	}

	/** Returns the name, without the text made of it. */
	final HandlerName fullName() {
		return this.name;
	}

	@Override
	public final List<Thread> heldBy() {
		return holds().stream().map(Hold::thread).toList();
	}

	@Override
	public final String explain(Thread waiting) {
		StringBuilder text = new StringBuilder("handler " + name());
		for (Hold held : holds()) {
			Call running = held.running();
			text.append(", which '%s' holds%s".formatted(held.thread().getName(),
					(running != null) ? " in " + held.handler().name() + "." + running.method() : ""));
		}
		return text.toString();
	}

	/**
	 * Interrupts a body on the thread of the given name, or on any. Returns the name of
	 * its method, or {@code null} if there was none to interrupt.
	 */
	final @Nullable String interrupt(@Nullable String thread) {
		for (Hold held : holds(thread)) {
			String method = held.interruptRunning();
			if (method != null) {
				return method;
			}
		}
		return null;
	}

	/**
	 * Returns the stack of a holding thread of the given name, or of any; empty if there
	 * is none.
	 */
	final List<StackTraceElement> stack(@Nullable String thread) {
		List<Hold> found = holds(thread);
		return found.isEmpty() ? List.of() : List.of(found.getFirst().thread().getStackTrace());
	}

	private List<Hold> holds(@Nullable String thread) {
		return holds().stream().filter((held) -> thread == null || thread.equals(held.thread().getName())).toList();
	}

	final CallReports reports() {
		return this.reports;
	}

	final Rejections rejections() {
		return this.rejections;
	}

	/** Returns the handler as its scheduler knows it. */
	abstract DrainedService service();

	/** Returns the work of the owner. */
	abstract OwnerWork work();

	/** Returns the waiting calls, for the thread that processes them. */
	abstract DeferredCalls calls();

	/** Returns all holds that a call that has not begun may have to wait for. */
	abstract List<Hold> holds();

	/** Returns whether the processor waits for read-only bodies to end. */
	abstract boolean awaitsReaders();

	/** Returns the user's loop while it runs. */
	abstract @Nullable HandlerMethod loopUnderWay();

	/** Describes what runs now, as the end of a message. */
	abstract String doing();

	/**
	 * Runs a call of this handler on a thread that holds it and waits for something else.
	 */
	abstract void runNested(Call call);

	final boolean isReentrant() {
		return this.options.reentrant();
	}

	/** Returns how long a call waits if its caller does not say, in nanoseconds. */
	final long timeoutNanos() {
		return nanos(this.options.timeout());
	}

	/** Returns the duration in nanoseconds, capped at half of {@link Long#MAX_VALUE}. */
	static long nanos(Duration length) {
		return Math.min(TimeUnit.NANOSECONDS.convert(length), Long.MAX_VALUE / 2);
	}

	@Override
	public final String toString() {
		return "Handler[" + this.name + "]";
	}

}
