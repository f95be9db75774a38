package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.Execution;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.Overflow;
import io.greenroom.green.DrainedService;
import org.jspecify.annotations.Nullable;

/**
 * The parts of one handler, put together.
 * <p>
 * The path of a call: {@link CallSubmitter} reserves room, pushes the call and waits. The
 * {@link Processor} of the thread that holds the handler takes it, and {@link CallRunner}
 * runs it. Its end wakes the caller in {@link CallWait}. {@link HandlerLifecycle} decides
 * when there is such a thread, and {@link Ownership} which thread it is.
 */
final class HandlerEngine {

	private final DrainedService service;

	private final HandlerCore core;

	private final Mailbox mailbox;

	private final Ownership ownership;

	private final HandlerLifecycle lifecycle;

	private final CallRunner runner;

	/** {@code null} if the handler has no read-only methods. */
	private final @Nullable Readers readers;

	private final Processor processor;

	private final CallSubmitter submitter;

	/**
	 * Puts the parts together.
	 * @param service the handler as its scheduler knows it
	 * @param key the key of the handler, if it is in a family
	 * @param target the target, if there is one
	 * @param host what makes the target, if there is none
	 * @param shared the reports of its family, if it is in one
	 */
	HandlerEngine(DrainedService service, HandlerParts parts, CallerTransactions transactions, @Nullable String key,
			@Nullable Object target, @Nullable HandlerHost host, @Nullable CallReports shared) {
		this.service = service;
		HandlerType type = parts.type();
		HandlerOptions options = parts.options();
		HandlerName name = new HandlerName(parts.name(), key);
		CallReports reports;
		if (shared != null) {
			this.mailbox = mailbox(type, options, shared.time());
			reports = new CallReports(name, shared);
			this.core = new Core(parts, reports, name, target, host);
		}
		else {
			LongSupplier time = parts.time();
			this.mailbox = mailbox(type, options, time);
			HandlerNumbers numbers = new HandlerNumbers(this.mailbox);
			reports = new CallReports(name, parts.scheduler().observer(), numbers, time);
			this.core = new Core(parts, reports, name, target, host);
			numbers.of(this.core);
		}
		this.ownership = new Ownership(this.core, lends(options) ? new CallerRuns(this.core, this.mailbox) : null);
		this.lifecycle = new HandlerLifecycle(this.core, this.mailbox, this.ownership);
		this.runner = new CallRunner(this.lifecycle.phases(), this.lifecycle.ending(), reports, host);
		this.readers = type.hasReadOnly() ? new Readers(this.core, this.runner, this.lifecycle.phases()) : null;
		this.processor = new Processor(this.core, this.mailbox, this.ownership, this.lifecycle, this.runner,
				this.readers);
		this.submitter = new CallSubmitter(this.core, transactions, this.mailbox, this.ownership, this.lifecycle,
				this.runner);
	}

	private Mailbox mailbox(HandlerType type, HandlerOptions options, LongSupplier time) {
		return (options.overflow() == Overflow.DROP_OLDEST)
				? new DroppingMailbox(options.capacity(), type.hasUrgent(), this::wakeOwner, time)
				: new Mailbox(options.capacity(), type.hasUrgent(), this::wakeOwner, time);
	}

	/**
	 * If callers drop each other's calls, only the processor knows for certain that none
	 * is queued.
	 */
	private static boolean lends(HandlerOptions options) {
		return options.execution() == Execution.CALLER_WHEN_IDLE && options.overflow() != Overflow.DROP_OLDEST;
	}

	private boolean wakeOwner() {
		return this.lifecycle.owner().wake();
	}

	HandlerCore core() {
		return this.core;
	}

	Mailbox mailbox() {
		return this.mailbox;
	}

	Ownership ownership() {
		return this.ownership;
	}

	HandlerLifecycle lifecycle() {
		return this.lifecycle;
	}

	Processor processor() {
		return this.processor;
	}

	CallSubmitter submitter() {
		return this.submitter;
	}

	/** Returns the gate, or {@code null} if there is none. */
	@Nullable CallGate gate() {
		GateControl known = this.ownership.gateControl();
		return (known != null) ? known.gate() : null;
	}

	/** Returns the control of the gate that there must be. */
	GateControl gated() {
		GateControl known = this.ownership.gateControl();
		if (known == null) {
			throw new IllegalStateException("Handler '%s' has no gate".formatted(this.core.name()));
		}
		return known;
	}

	void gateMoved() {
		GateControl known = this.ownership.gateControl();
		if (known != null) {
			known.moved();
		}
	}

	void gatedBy(CallGate gate) {
		if (gate() != null) {
			throw new IllegalStateException("Handler '%s' has a gate already".formatted(this.core.name()));
		}
		this.ownership.gatedBy(new GateControl(gate, this.mailbox, this.ownership, this.lifecycle.phases()));
		this.runner.gatedBy(gate);
	}

	/**
	 * Takes the handler for the target of a gate, if it becomes available in time and the
	 * target has not been replaced.
	 */
	boolean occupy(CallGate gate, Duration limit) throws InterruptedException {
		if (Hold.of(this.core) != null) {
			throw new IllegalStateException(
					"%s cannot be taken for itself in one of its @ReadOnly bodies, which others run beside; remove @ReadOnly"
						.formatted(this.core.name()));
		}
		GateControl known = this.ownership.gateControl();
		return known != null && known.gate() == gate && known.occupy(HandlerCore.nanos(limit));
	}

	/** Returns a number that changes whenever something happens to calls. */
	long mark() {
		CallerRuns callers = this.ownership.callerRuns();
		return this.mailbox.taken() + ((callers != null) ? (long) callers.ran() : 0);
	}

	/**
	 * Returns whether bodies run on the owner's thread only, so that a handler without an
	 * owner runs none.
	 */
	boolean runsOnOwnerOnly() {
		return this.ownership.callerRuns() == null && this.readers == null;
	}

	/** Answers what the parts may ask of each other. */
	private final class Core extends HandlerCore implements OwnerWork {

		Core(HandlerParts parts, CallReports reports, HandlerName name, @Nullable Object target,
				@Nullable HandlerHost host) {
			super(parts, reports, name, target, host);
		}

		@Override
		DrainedService service() {
			return HandlerEngine.this.service;
		}

		@Override
		DeferredCalls calls() {
			return HandlerEngine.this.processor;
		}

		@Override
		List<Hold> holds() {
			List<Hold> holds = new ArrayList<>();
			Hold held = HandlerEngine.this.ownership.held();
			if (held != null) {
				holds.add(held);
			}
			Readers known = HandlerEngine.this.readers;
			if (known != null) {
				known.forEachHeld(holds::add);
			}
			return holds;
		}

		@Override
		boolean awaitsReaders() {
			Readers known = HandlerEngine.this.readers;
			return known != null && known.areAwaited();
		}

		@Override
		@Nullable HandlerMethod loopUnderWay() {
			UserLoop loop = HandlerEngine.this.lifecycle.owner().loop();
			return (loop != null && loop.isUnderWay()) ? loop.method() : null;
		}

		@Override
		String doing() {
			return HandlerEngine.this.lifecycle.isMaking() ? "; the handler's target was being made"
					: HandlerEngine.this.ownership.doing();
		}

		@Override
		void runNested(Call call) {
			HandlerEngine.this.runner.run(call, Objects.requireNonNull(Hold.of(this)));
		}

		@Override
		OwnerWork work() {
			return this;
		}

		@Override
		public boolean take() {
			return HandlerEngine.this.ownership.takeForOwner();
		}

		@Override
		public void serve() {
			HandlerEngine.this.processor.serve();
		}

		@Override
		public int turns() {
			return HandlerEngine.this.processor.turns();
		}

		@Override
		public boolean isRead() {
			Readers known = HandlerEngine.this.readers;
			return known != null && !known.isEmpty();
		}

		@Override
		public void endReading(Consumer<Call> left) {
			Readers known = HandlerEngine.this.readers;
			if (known != null) {
				known.end(left);
			}
		}

	}

}
