package io.greenroom.durable.internal;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

import io.greenroom.deferred.DeferredException;
import io.greenroom.deferred.internal.BodyGuard.NotBegunException;
import io.greenroom.durable.Durable;
import io.greenroom.durable.StaleInstanceException;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import io.greenroom.wire.CodecException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Delivers the calls of a lane in order, on the lane's thread: takes the lane, attempts
 * its calls, and settles in the database what became of them. Safe for use by many
 * threads, each with a lane of its own.
 */
final class LaneDeliverer {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	/** The number of calls of a lane that are read at once. */
	private static final int BATCH = 50;

	/** The pause before a stale call is tried again. */
	private static final Duration SOON = Duration.ofMillis(50);

	private final OutboxHandler handler;

	private final OutboxMeans means;

	private final OutboxLanes.Later later;

	/** Whether further deliveries may begin. */
	private final BooleanSupplier isOpen;

	LaneDeliverer(OutboxHandler handler, OutboxMeans means, OutboxLanes.Later later, BooleanSupplier isOpen) {
		this.handler = handler;
		this.means = means;
		this.later = later;
		this.isOpen = isOpen;
	}

	/** Delivers until the lane is empty, has to wait, or is owned by another node. */
	void deliver(LaneProgress lane) {
		boolean mine = this.isOpen.getAsBoolean() && this.handler.target().isHere(lane.lane().key()) && take(lane);
		while (mine) {
			List<StoredCall> calls = this.means.store().first(lane.lane(), BATCH);
			mine = calls.isEmpty() ? leaveEmpty(lane) : deliver(lane, calls);
		}
	}

	/** Returns whether this process owns the lane now. */
	private boolean take(LaneProgress lane) {
		long now = System.nanoTime();
		OutboxStore.Claim claim = this.means.store()
			.claim(lane.lane(), this.means.lease().owner(), this.means.lease().length());
		if (claim == null) {
			return false;
		}
		lane.begin(now, claim);
		return true;
	}

	/**
	 * Releases an empty lane, and takes it again if other nodes have added calls before
	 * the release, since they could not wake it. Returns whether this process owns the
	 * lane again.
	 */
	private boolean leaveEmpty(LaneProgress lane) {
		this.means.store().release(lane.lane(), this.means.lease().owner());
		return !this.means.store().first(lane.lane(), 1).isEmpty() && this.isOpen.getAsBoolean() && take(lane);
	}

	/** Returns whether this process still owns the lane. */
	private boolean deliver(LaneProgress lane, List<StoredCall> calls) {
		int next = 0;
		while (next < calls.size()) {
			if (!this.isOpen.getAsBoolean()) {
				this.means.store().hand(lane.lane(), this.means.lease().owner());
				return false;
			}
			if (!this.means.lease().holds(lane.taken)) {
				this.means.store().hand(lane.lane(), this.means.lease().owner());
				return take(lane);
			}
			StoredCall call = calls.get(next);
			String reason = begin(lane, call);
			@Nullable Object @Nullable [] arguments = null;
			if (reason == null) {
				try {
					arguments = arguments(call);
				}
				catch (CodecException ex) {
					reason = ex.getMessage();
				}
			}
			if (arguments == null) {
				if (!bury(lane, call, String.valueOf(reason))) {
					return false;
				}
				next++;
				continue;
			}
			Attempts.Last last = new Attempts(this.handler, this.means, this::next, lane, calls).from(next, arguments);
			next = last.index() + 1;
			if (!last.isSettled() && !settled(lane, calls.get(last.index()), last)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Notes that a call is the first of its lane. Returns why it cannot be attempted, or
	 * {@code null} if it can.
	 */
	private @Nullable String begin(LaneProgress lane, StoredCall call) {
		lane.at(call);
		if (!lane.abandoned) {
			return null;
		}
		// It is not known whether the dead node was running this call.
		lane.abandoned = false;
		lane.attempts++;
		this.means.store().note(lane.lane(), this.means.lease().owner(), call.place(), lane.attempts);
		return (lane.attempts >= this.means.options().attempts())
				? "The node that delivered it disappeared during the last attempt" : null;
	}

	/**
	 * Reads the arguments of a call.
	 * @throws CodecException if the handler has no such method, or its parameters have
	 * changed
	 */
	private @Nullable Object[] arguments(StoredCall call) {
		if (this.handler.methods().find(call.method()) == null) {
			throw new CodecException(
					"Handler '%s' has no durable method '%s'; it has %s. Restore that method and replay the call, or discard it"
						.formatted(this.handler.name(), call.method(), this.handler.methods().names()),
					null);
		}
		try {
			return this.handler.methods().read(call.method(), call.args());
		}
		catch (CodecException ex) {
			throw new CodecException(
					"The arguments of %s.%s can't be read: %s. Restore the parameters that the method was called with and replay the call, or discard it"
						.formatted(this.handler.name(), call.method(), ex.getMessage()),
					ex);
		}
	}

	/**
	 * Returns the arguments of a call that follows another one at once, or {@code null}
	 * if the lane's thread has something to do first.
	 */
	private @Nullable Object @Nullable [] next(LaneProgress lane, StoredCall call) {
		return (this.isOpen.getAsBoolean() && this.means.lease().holds(lane.taken)) ? arguments(call) : null;
	}

	/** Returns whether the lane continues after an attempt. */
	private boolean settled(LaneProgress lane, StoredCall call, Attempts.Last attempt) {
		Throwable failure = attempt.failure();
		DeliveryRun.End end = attempt.run().end();
		if (end == DeliveryRun.End.LOST) {
			Failures.log(log, Level.WARN, (failure != null) ? failure : new IllegalStateException("lost"),
					"Lane {} is no longer owned by this node", lane.lane());
			return false;
		}
		if (end == DeliveryRun.End.UNKNOWN) {
			end = isFirst(lane.lane(), call) ? DeliveryRun.End.ROLLED_BACK : DeliveryRun.End.REMOVED;
		}
		if (end == DeliveryRun.End.REMOVED) {
			this.handler.attempted(call, "success", attempt.took());
			return true;
		}
		if (failure == null && end == DeliveryRun.End.APART) {
			this.handler.attempted(call, "success", attempt.took());
			if (this.means.store().remove(lane.lane(), call.place())) {
				return true;
			}
			log.warn("{}.{} ({}) was delivered twice, also by another node; the id was the same", lane.lane(),
					call.method(), call.id());
			return false;
		}
		if (failure == null) {
			failure = new IllegalStateException("The transaction of %s.%s was rolled back without an exception"
				.formatted(lane.lane(), call.method()));
		}
		return failed(lane, call, attempt.run(), failure, attempt.took());
	}

	private boolean isFirst(Lane lane, StoredCall call) {
		return this.means.store().first(lane, 1).stream().anyMatch((first) -> first.place() == call.place());
	}

	/** Returns whether the lane continues. */
	private boolean failed(LaneProgress lane, StoredCall call, DeliveryRun run, Throwable failure, Duration took) {
		if (!run.isBegun() && (!this.isOpen.getAsBoolean() || failure instanceof NotBegunException)) {
			// The current owner of the key delivers the call.
			this.means.store().hand(lane.lane(), this.means.lease().owner());
			return false;
		}
		boolean stale = failure instanceof StaleInstanceException;
		if (stale || (!run.isBegun() && failure instanceof DeferredException)) {
			// Nothing happened that counts as an attempt.
			Failures.log(log, Level.DEBUG, failure, "{}.{} ({}) could not be delivered yet", lane.lane(), call.method(),
					call.id());
			Duration pause = stale ? SOON : this.means.options().backoff();
			this.means.store().postpone(lane.lane(), this.means.lease().owner(), call.place(), lane.attempts, pause);
			this.later.wake(lane.lane(), pause);
			return false;
		}
		lane.attempts++;
		if (lane.attempts >= this.means.options().attempts()) {
			boolean goesOn = bury(lane, call, told(failure));
			Failures.log(log, Level.ERROR, failure,
					"{}.{} ({}) failed at attempt {} and is given up; it is now a dead letter{}", lane.lane(),
					call.method(), call.id(), lane.attempts,
					goesOn ? "" : ", and its lane waits until it is replayed or discarded");
			return goesOn;
		}
		this.handler.attempted(call, "failure", took);
		Duration pause = this.means.options().pause(lane.attempts);
		if (lane.attempts == 1) {
			Failures.log(log, Level.WARN, failure, "{}.{} ({}) failed at attempt 1; trying again in {}", lane.lane(),
					call.method(), call.id(), pause);
		}
		else {
			log.warn("{}.{} ({}) failed at attempt {} ({}); trying again in {}", lane.lane(), call.method(), call.id(),
					lane.attempts, Failures.describe(failure), pause);
		}
		this.means.store().postpone(lane.lane(), this.means.lease().owner(), call.place(), lane.attempts, pause);
		this.later.wake(lane.lane(), pause);
		return false;
	}

	private static String told(Throwable failure) {
		StringBuilder told = new StringBuilder(Failures.describe(failure));
		for (Throwable cause : Failures.causes(failure)) {
			if (cause != failure) {
				told.append("\nCaused by: ").append(Failures.describe(cause));
			}
		}
		ForeignCode.run(log, "A throwable", () -> {
			StackTraceElement[] frames = failure.getStackTrace();
			for (int i = 0; i < Math.min(frames.length, 10); i++) {
				told.append("\n\tat ").append(frames[i]);
			}
		});
		return told.toString();
	}

	/** Gives up a call. Returns whether the lane continues. */
	private boolean bury(LaneProgress lane, StoredCall call, String error) {
		boolean halts = this.means.options().halt();
		boolean there = this.means.store()
			.bury(lane.lane(), this.means.lease().owner(), call, Math.max(lane.attempts, 1), error, halts);
		if (there) {
			this.handler.attempted(call, "dead", Duration.ZERO);
		}
		log.debug("{}.{} ({}) is dead: {}", lane.lane(), call.method(), call.id(), error);
		return there && !halts;
	}

}
