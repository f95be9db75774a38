package io.greenroom.deferred;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import io.greenroom.observe.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * Takes calls out of a handler's mailbox and runs them, on the thread that holds the
 * handler. Processings nest: a body may process further calls.
 */
final class Processor implements DeferredCalls {

	private final HandlerCore handler;

	private final Mailbox mailbox;

	private final Ownership holding;

	private final HandlerLifecycle life;

	private final CallRunner runner;

	private final @Nullable Readers readers;

	private final CallReports reports;

	private final Rejections rejections;

	/** Nothing where callers never run their own calls. */
	private final @Nullable CallerRuns loan;

	/** Set from any thread while somebody processes; cleared when the outermost ends. */
	private volatile boolean stopping;

	/** How often calls were let in; written by the holder, read by who watches it. */
	private volatile int turns;

	/** Whether somebody processes; written by the holder only. */
	private volatile boolean processing;

	/** Whether a processing waits while the target itself has the handler. */
	private volatile boolean givingWay;

	Processor(HandlerCore handler, Mailbox mailbox, Ownership holding, HandlerLifecycle life, CallRunner runner,
			@Nullable Readers readers) {
		this.handler = handler;
		this.mailbox = mailbox;
		this.holding = holding;
		this.life = life;
		this.runner = runner;
		this.readers = readers;
		this.reports = handler.reports();
		this.rejections = handler.rejections();
		this.loan = holding.loan();
	}

	@Override
	public int process() {
		return runQueued(null);
	}

	@Override
	public int process(String... methods) {
		return runQueued(filter(methods));
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
		return time.isZero() ? runQueued(filter) : runUntil(HandlerCore.nanos(time), filter, this.life::isClosing);
	}

	@Override
	public int processForever() {
		return runUntil(Long.MAX_VALUE, null, this.life::isClosing);
	}

	@Override
	public int processForever(String... methods) {
		return runUntil(Long.MAX_VALUE, filter(methods), this.life::isClosing);
	}

	/**
	 * Runs calls on behalf of the owner until nothing is left to run at the end of the
	 * handler, or before a rest; may return earlier.
	 */
	void serve() {
		runUntil(Long.MAX_VALUE, null, this.life::pausesWhenEmpty);
	}

	private int runQueued(@Nullable Predicate<Call> filter) {
		GateControl turnstile = this.holding.turnstile();
		@Nullable Predicate<Call> accepted = admitted(filter, turnstile);
		Turn turn = enter();
		try {
			int upTo = this.mailbox.gather();
			int ran = 0;
			while (!isStopped() && (turnstile == null || turnstile.isOpen())) {
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
			@Nullable GateControl turnstile) {
		if (turnstile == null) {
			return filter;
		}
		return (filter != null) ? filter.and(turnstile::letsIn) : turnstile::letsIn;
	}

	private int runUntil(long nanos, @Nullable Predicate<Call> filter, BooleanSupplier ending) {
		GateControl turnstile = this.holding.turnstile();
		@Nullable Predicate<Call> accepted = admitted(filter, turnstile);
		long start = System.nanoTime();
		Turn turn = enter();
		CallerRuns lendable = (turn.outermost() && accepted == null) ? this.loan : null;
		int ranByCallers = (lendable != null) ? -lendable.ran() : 0;
		try {
			int ran = 0;
			while (!isStopped()) {
				int seen = (turnstile != null) ? turnstile.changes() : 0;
				if (turnstile != null && !turnstile.isOpen()) {
					if (!turn.outermost() || !giveWay(turnstile)) {
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
				long left = (nanos == Long.MAX_VALUE) ? nanos : nanos - (System.nanoTime() - start);
				if (left <= 0) {
					break;
				}
				if (call == null) {
					this.reports.keptUp();
					sleep(left, lendable, turnstile, seen);
				}
			}
			return ran + ((lendable != null) ? lendable.ran() + ranByCallers : 0);
		}
		finally {
			exit(turn);
		}
	}

	private void sleep(long nanos, @Nullable CallerRuns lendable, @Nullable GateControl turnstile, long seen) {
		if (turnstile != null) {
			this.mailbox.sleep(nanos, () -> turnstile.changes() == seen);
		}
		else if (lendable != null && (this.readers == null || this.readers.isEmpty())) {
			this.mailbox.sleep(nanos, lendable);
		}
		else {
			this.mailbox.sleep(nanos);
		}
	}

	/**
	 * Lets the target have the handler, and waits until it is through; returns
	 * {@code false} when the handler has ended before.
	 */
	private boolean giveWay(GateControl turnstile) {
		if (this.readers != null) {
			this.readers.awaitNone();
		}
		this.givingWay = true;
		this.processing = false;
		this.holding.release();
		if (!turnstile.take()) {
			return false;
		}
		this.processing = true;
		this.givingWay = false;
		this.mailbox.attend(Thread.currentThread());
		return true;
	}

	private int run(Call call) {
		GateControl turnstile = this.holding.turnstile();
		if (turnstile != null && call.required() != null && call.isPending()) {
			DeferredException rejection = turnstile.rejection(call, this.rejections);
			if (rejection != null) {
				reject(call, rejection);
				return 0;
			}
		}
		if (this.readers != null && mayReadBeside(this.readers, call)) {
			return 1;
		}
		boolean ran = this.runner.run(call, Objects.requireNonNull(this.holding.held()));
		if (turnstile != null) {
			turnstile.gate().ran();
		}
		return ran ? 1 : 0;
	}

	/**
	 * Starts a read-only call and goes on, or waits for those that read before anything
	 * else runs.
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
			this.life.leave(call);
		}
		else if (call.fail(rejection)) {
			this.reports.rejected(call, rejection);
			this.life.ran();
		}
		else {
			this.life.passed(call);
		}
	}

	private boolean isStopped() {
		return this.stopping || this.life.isStopped();
	}

	private Turn enter() {
		StackRoom.check();
		boolean took = this.holding.take(false);
		boolean outermost = !this.processing;
		this.mailbox.attend(Thread.currentThread());
		if (outermost && !this.givingWay) {
			// Left by who meant to stop the processing before, and came when it had
			// ended.
			this.stopping = false;
		}
		this.processing = true;
		// Not atomic, for one thread at a time holds the handler.
		int turn = this.turns;
		this.turns = turn + 1;
		return new Turn(took, outermost);
	}

	private void exit(Turn turn) {
		if (!this.holding.isMine()) {
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
			if (this.life.isStopped()) {
				this.life.leaveQueued();
			}
		}
		if (turn.took()) {
			this.holding.release();
		}
	}

	/**
	 * One processing: whether it took the handler, and whether it is nested in no other.
	 */
	private record Turn(boolean took, boolean outermost) {

	}

	int turns() {
		return this.turns;
	}

	/** Returns whether the holder is at a processing point, with nothing to run. */
	boolean isWaiting() {
		return this.mailbox.isSlept() && !this.holding.isLent();
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
	public boolean closing() {
		return this.life.isClosing();
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
