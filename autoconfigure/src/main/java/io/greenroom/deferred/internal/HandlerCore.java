package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.green.DrainedService;
import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.WaitedFor;
import org.jspecify.annotations.Nullable;

/**
 * What a handler is, as its parts know it: its name, what it calls and how, where it
 * runs, and whom it tells. There is one per handler, which its holds and calls are
 * compared by. What a part may ask of the others goes through here too, so that no part
 * knows the whole.
 */
abstract class HandlerCore implements WaitedFor {

	private final GreenScheduler scheduler;

	/** Nothing where the scheduler looks after the handler. */
	private final @Nullable HandlerHome home;

	private final HandlerType type;

	/** The target, or what was made as such; nothing while it is not made. */
	private volatile @Nullable Object made;

	private final HandlerOptions options;

	private final HandlerName name;

	/** Nothing for handlers that are of no family. */
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

	/** The handler is called for the first time. */
	final void attach() {
		if (this.home != null) {
			this.home.attach(service());
		}
		else {
			this.scheduler.attach(service());
		}
	}

	/** The handler is awake. */
	final void retain() {
		if (this.home != null) {
			this.home.retain(service());
		}
		else {
			this.scheduler.retain(service());
		}
	}

	/** The handler has given its thread back. */
	final void release() {
		if (this.home != null) {
			this.home.release(service());
		}
		else {
			this.scheduler.release(service());
		}
	}

	/** The handler has ended. */
	final void detach() {
		if (this.home != null) {
			this.home.detach(service());
		}
		else {
			this.scheduler.detach(service());
		}
	}

	final HandlerType type() {
		return this.type;
	}

	final Object target() {
		Object known = made();
		return (known instanceof HandlerHost.Made pair) ? pair.target() : known;
	}

	/** Returns what bodies are called on where a call does not say. */
	final Object entry() {
		Object known = made();
		return (known instanceof HandlerHost.Made pair) ? pair.entry() : known;
	}

	private Object made() {
		Object known = this.made;
		if (known == null) {
			throw new IllegalStateException(
					"%s is being made, or is not any more, and has no methods to call; call it when it is made: don't call it from its own constructor or initialisation, but oneway"
						.formatted(this.name));
		}
		return known;
	}

	/** Returns whether there is a target. */
	final boolean isMade() {
		return this.made != null;
	}

	/** Owner: says what the target is. */
	final void made(HandlerHost.Made made) {
		this.made = made;
	}

	/** Owner: says that there is no target any more. */
	final void unmade() {
		this.made = null;
	}

	/** Returns who makes the target, if it does not come with the handler. */
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

	final CallReports reports() {
		return this.reports;
	}

	final Rejections rejections() {
		return this.rejections;
	}

	/** Returns the handler as its scheduler knows it. */
	abstract DrainedService service();

	/** Returns what the owner does. */
	abstract OwnerWork work();

	/** Returns the calls that wait, for the thread that processes them. */
	abstract DeferredCalls calls();

	/** Returns all holds that a call which has not begun may have to wait for. */
	abstract List<Hold> holds();

	/** Returns whether the processor goes on only when bodies that read have ended. */
	abstract boolean awaitsReaders();

	/** Returns the user's loop while it runs. */
	abstract @Nullable HandlerMethod loopUnderWay();

	/** Says what runs now, as the end of a message. */
	abstract String doing();

	/**
	 * Runs a call of this handler on a thread that holds it and waits for something else.
	 */
	abstract void runNested(Call call);

	final boolean isReentrant() {
		return this.options.reentrant();
	}

	/** Returns how long a call waits where its caller says nothing. */
	final long timeoutNanos() {
		return nanos(this.options.timeout());
	}

	/** Returns the length in nanoseconds; half of the largest number, if it is longer. */
	static long nanos(Duration length) {
		return Math.min(TimeUnit.NANOSECONDS.convert(length), Long.MAX_VALUE / 2);
	}

	@Override
	public final String toString() {
		return "Handler[" + this.name + "]";
	}

}
