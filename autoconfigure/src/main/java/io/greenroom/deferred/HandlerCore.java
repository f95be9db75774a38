package io.greenroom.deferred;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

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

	private final HandlerType type;

	private final Object target;

	private final HandlerOptions options;

	private final String name;

	private final CallReports reports;

	private final Rejections rejections;

	HandlerCore(GreenScheduler scheduler, HandlerType type, Object target, HandlerOptions options,
			CallReports reports) {
		this.scheduler = scheduler;
		this.type = type;
		this.target = target;
		this.options = options;
		this.name = name(type, options);
		this.reports = reports;
		this.rejections = new Rejections(this.name, options, reports);
	}

	/** Returns the name of a handler that is to be. */
	static String name(HandlerType type, HandlerOptions options) {
		return options.name().isEmpty() ? type.name() : options.name();
	}

	final GreenScheduler scheduler() {
		return this.scheduler;
	}

	final HandlerType type() {
		return this.type;
	}

	final Object target() {
		return this.target;
	}

	final HandlerOptions options() {
		return this.options;
	}

	@Override
	public final String name() {
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
