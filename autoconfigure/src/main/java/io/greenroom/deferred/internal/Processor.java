package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredException;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.green.DrainedService;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * Takes calls out of a handler's mailbox and runs them, on the thread that holds the
 * handler. Processings nest: a body may process further calls.
 */
final class Processor implements DeferredCalls {

	private final HandlerCore handler;

	private final Mailbox mailbox;

	private final Ownership ownership;

	private final HandlerPhases phases;

	private final HandlerEnding ending;

	private final OwnerThread owner;

	private final CallRunner runner;

	private final @Nullable Readers readers;

	private final CallReports reports;

	private final Rejections rejections;

	/** {@code null} if callers never run their own calls. */
	private final @Nullable CallerRuns callerRuns;

	/**
	 * Set from any thread during processing; cleared when the outermost processing ends.
	 */
	private volatile boolean stopping;

	/** How often calls were let in; written by the holder, read by other threads. */
	private volatile int turns;

	/** Whether calls are being processed; written by the holder only. */
	private volatile boolean processing;

	/** Whether processing waits while the target itself has the handler. */
	private volatile boolean givingWay;

	Processor(HandlerCore handler, Mailbox mailbox, Ownership ownership, HandlerLifecycle lifecycle, CallRunner runner,
			@Nullable Readers readers) {
		this.handler = handler;
		this.mailbox = mailbox;
		this.ownership = ownership;
		this.phases = lifecycle.phases();
		this.ending = lifecycle.ending();
		this.owner = lifecycle.owner();
		this.runner = runner;
		this.readers = readers;
		this.reports = handler.reports();
		this.rejections = handler.rejections();
		this.callerRuns = ownership.callerRuns();
	}

	@Override
	public int process() {
		return runQueued(null, Integer.MAX_VALUE);
	}

	@Override
	public int process(String... methods) {
		return runQueued(filter(methods), Integer.MAX_VALUE);
	}

	/** Runs the next queued call, if there is any; returns whether a body ran. */
	boolean processOne() {
		return runQueued(null, 1) > 0;
	}

	@Override
	public int process(Duration time) {
		return process(time, (Predicate<Call>) null);
	}

	@Override
	public int process(Duration time, String... methods) {
		return process(Objects.requireNonNull(time, "time"), filter(methods));
	}

	private int process(Duration time, @Nullable Predicate<Call> filter) {
		if (Objects.requireNonNull(time, "time").isNegative()) {
			throw new IllegalArgumentException("The time is negative: " + time + "; give zero or a positive duration");
		}
		return time.isZero() ? runQueued(filter, Integer.MAX_VALUE)
				: runUntil(HandlerCore.nanos(time), filter, this.phases::isClosing);
	}

	@Override
	public int processForever() {
		return runUntil(Long.MAX_VALUE, null, this.phases::isClosing);
	}

	@Override
	public int processForever(String... methods) {
		return runUntil(Long.MAX_VALUE, filter(methods), this.phases::isClosing);
	}

	/**
	 * Owner: runs calls until nothing is left to run, at the end of the handler or before
	 * a rest. May return earlier.
	 */
	void serve() {
		runUntil(Long.MAX_VALUE, null, this.owner::pausesWhenEmpty);
	}

	private int runQueued(@Nullable Predicate<Call> filter, int most) {
		GateControl gateControl = this.ownership.gateControl();
		@Nullable Predicate<Call> accepted = admitted(filter, gateControl);
		Turn turn = enter();
		try {
			int upTo = this.mailbox.gather();
			int ran = 0;
			while (ran < most && !isStopped() && (gateControl == null || gateControl.isOpen())) {
				Call call = this.mailbox.take((accepted != null) ? accepted : (any) -> true, upTo);
				if (call == null) {
					break;
				}
				ran += run(call);
			}
			return ran;
		}
		finally {
			exit(turn);
		}
	}

	private static @Nullable Predicate<Call> admitted(@Nullable Predicate<Call> filter,
			@Nullable GateControl gateControl) {
		if (gateControl == null) {
			return filter;
		}
		return (filter != null) ? filter.and(gateControl::letsIn) : gateControl::letsIn;
	}

	private int runUntil(long nanos, @Nullable Predicate<Call> filter, BooleanSupplier ending) {
		GateControl gateControl = this.ownership.gateControl();
		@Nullable Predicate<Call> accepted = admitted(filter, gateControl);
		long start = this.handler.now();
		Turn turn = enter();
		CallerRuns lendable = (turn.outermost() && accepted == null) ? this.callerRuns : null;
		int ranByCallers = (lendable != null) ? -lendable.ran() : 0;
		try {
			int ran = 0;
			while (!isStopped()) {
				int seen = (gateControl != null) ? gateControl.changes() : 0;
				if (gateControl != null && !gateControl.isOpen()) {
					if (!turn.outermost() || !giveWay(gateControl)) {
						break;
					}
					continue;
				}
				Call call = (accepted != null) ? this.mailbox.take(accepted, this.mailbox.gather())
						: this.mailbox.take();
				if (call != null) {
					ran += run(call);
				}
				else if (ending.getAsBoolean() || Thread.currentThread().isInterrupted()) {
					break;
				}
				long left = (nanos == Long.MAX_VALUE) ? nanos : nanos - (this.handler.now() - start);
				if (left <= 0) {
					break;
				}
				if (call == null) {
					this.reports.keptUp();
					sleep(left, lendable, gateControl, seen);
				}
			}
			return ran + ((lendable != null) ? lendable.ran() + ranByCallers : 0);
		}
		finally {
			exit(turn);
		}
	}

	private void sleep(long nanos, @Nullable CallerRuns lendable, @Nullable GateControl gateControl, long seen) {
		if (gateControl != null) {
			this.mailbox.sleep(nanos, () -> gateControl.changes() == seen);
		}
		else if (lendable != null && (this.readers == null || this.readers.isEmpty())) {
			this.mailbox.sleep(nanos, lendable);
		}
		else {
			this.mailbox.sleep(nanos);
		}
	}

	/**
	 * Lets the target have the handler, and waits until it gives it back; returns
	 * {@code false} if the handler has ended first.
	 */
	private boolean giveWay(GateControl gateControl) {
		if (this.readers != null) {
			this.readers.awaitNone();
		}
		this.givingWay = true;
		this.processing = false;
		this.ownership.release();
		if (!gateControl.take()) {
			return false;
		}
		this.processing = true;
		this.givingWay = false;
		this.mailbox.attend(Thread.currentThread());
		return true;
	}

	private int run(Call call) {
		GateControl gateControl = this.ownership.gateControl();
		if (gateControl != null && call.required() != null && call.isPending()) {
			DeferredException rejection = gateControl.rejection(call, this.rejections);
			if (rejection != null) {
				reject(call, rejection);
				return 0;
			}
		}
		if (this.readers != null && mayReadBeside(this.readers, call)) {
			return 1;
		}
		boolean ran = this.runner.run(call, Objects.requireNonNull(this.ownership.held()));
		if (gateControl != null) {
			gateControl.gate().ran();
		}
		return ran ? 1 : 0;
	}

	/**
	 * Starts a read-only call and goes on, or waits for read-only bodies to end before
	 * anything else runs.
	 */
	private boolean mayReadBeside(Readers reading, Call call) {
		if (call.isReadOnly() && call.isPending() && reading.start(call)) {
			return true;
		}
		reading.awaitNone();
		return false;
	}

	private void reject(Call call, DeferredException rejection) {
		if (rejection instanceof HandlerStoppedException) {
			this.ending.leave(call);
		}
		else if (call.fail(rejection)) {
			this.reports.rejected(call, rejection);
			this.ending.ran();
		}
		else {
			this.ending.passed(call);
		}
	}

	private boolean isStopped() {
		return this.stopping || this.phases.isStopped();
	}

	private Turn enter() {
		StackRoom.check();
		boolean took = this.ownership.take(false);
		boolean outermost = !this.processing;
		this.mailbox.attend(Thread.currentThread());
		if (outermost && !this.givingWay) {
			// A request to stop an earlier processing may have come after that had ended.
			this.stopping = false;
		}
		this.processing = true;
		// Not atomic, because only one thread at a time holds the handler.
		int turn = this.turns;
		this.turns = turn + 1;
		return new Turn(took, outermost);
	}

	private void exit(Turn turn) {
		if (!this.ownership.isMine()) {
			// Gave way, and the handler has ended since.
			return;
		}
		if (this.readers != null) {
			this.readers.awaitNone();
		}
		if (turn.outermost()) {
			this.processing = false;
			if (!this.givingWay) {
				this.stopping = false;
			}
			if (this.phases.isStopped()) {
				this.ending.leaveQueued();
			}
		}
		if (turn.took()) {
			this.ownership.release();
		}
	}

	/**
	 * One processing: whether it took the handler, and whether it is the outermost.
	 */
	private record Turn(boolean took, boolean outermost) {

	}

	int turns() {
		return this.turns;
	}

	/** Returns the handler as its scheduler knows it. */
	DrainedService service() {
		return this.handler.service();
	}

	/** Returns whether the holder is at a processing point, with nothing to run. */
	boolean isWaiting() {
		return this.mailbox.isSlept() && !this.ownership.isLent();
	}

	private Predicate<Call> filter(String... methods) {
		if (Objects.requireNonNull(methods, "methods").length == 0) {
			throw new IllegalArgumentException(
					"The filter for %s is empty; name a method, or leave the list out for all".formatted(this.handler));
		}
		Set<String> names = Set.copyOf(Arrays.asList(methods));
		Set<String> known = this.handler.type().names();
		if (!known.containsAll(names)) {
			Set<String> unknown = new TreeSet<>(names);
			unknown.removeAll(known);
			throw new IllegalArgumentException("%s has no method %s; it has %s".formatted(this.handler,
					String.join(", ", unknown), String.join(", ", new TreeSet<>(known))));
		}
		return (call) -> names.contains(call.method());
	}

	@Override
	public void stopProcessing() {
		if (this.processing || this.givingWay) {
			this.stopping = true;
			this.mailbox.wake();
		}
	}

	@Override
	public boolean isClosing() {
		return this.phases.isClosing();
	}

	@Override
	public int pending() {
		return this.mailbox.size();
	}

	@Override
	public String toString() {
		return "DeferredCalls[" + this.handler.name() + ", " + pending() + " waiting]";
	}

}
