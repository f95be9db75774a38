package io.greenroom.deferred.internal;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.deferred.DeferredException;
import io.greenroom.deferred.InState;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls in as the {@link CallGate} of a handler decides, and otherwise keeps the
 * handler for the activity of its target.
 */
final class GateControl {

	private final CallGate gate;

	private final Mailbox mailbox;

	private final Ownership ownership;

	private final HandlerPhases phases;

	/** Changes with the gate, so that no thread goes to sleep on an outdated answer. */
	private final AtomicInteger changes = new AtomicInteger();

	GateControl(CallGate gate, Mailbox mailbox, Ownership ownership, HandlerPhases phases) {
		this.gate = gate;
		this.mailbox = mailbox;
		this.ownership = ownership;
		this.phases = phases;
	}

	CallGate gate() {
		return this.gate;
	}

	int changes() {
		return this.changes.get();
	}

	/**
	 * Holder: returns whether it may run calls. The target itself may, at its processing
	 * points, and so may others while the target has no activity.
	 */
	boolean isOpen() {
		return this.ownership.isOccupied() || this.gate.isOpen();
	}

	/** Holder: returns whether to take a call out now, even if only to reject it. */
	boolean letsIn(Call call) {
		InState required = call.required();
		return required == null || isIn(required) || required.otherwise() == InState.Otherwise.REJECT
				|| this.gate.isOver() || isTooLate();
	}

	/**
	 * Holder: returns why a call that was taken out must not run, or {@code null} if it
	 * may. A call that may wait was let in in its state, and has counted as begun since
	 * then.
	 */
	@Nullable DeferredException rejection(Call call, Rejections rejections) {
		InState required = call.required();
		if (required == null || isIn(required)) {
			return null;
		}
		if (required.otherwise() == InState.Otherwise.REJECT || this.gate.isOver()) {
			return rejections.wrongState(call, required, this.gate.where());
		}
		return isTooLate() ? rejections.notRun(call, null) : null;
	}

	/**
	 * Returns why a call cannot run at once inside a body of this handler, or
	 * {@code null} if it can.
	 */
	@Nullable DeferredException rejectionInside(Call call, Rejections rejections) {
		InState required = call.required();
		return (required == null || isIn(required)) ? null : rejections.wrongState(call, required, this.gate.where());
	}

	private boolean isIn(InState required) {
		return this.gate.isIn(List.of(required.value()));
	}

	/** During a shutdown, nobody moves a target that has no activity of its own. */
	private boolean isTooLate() {
		return this.phases.isClosing() && !this.ownership.isOccupied();
	}

	/** Target: waits for the handler and keeps it. */
	void occupy() throws InterruptedException {
		this.changes.incrementAndGet();
		this.mailbox.wake();
		this.ownership.occupy();
	}

	/**
	 * Target: waits for the handler and keeps it; returns {@code false} if that takes too
	 * long, or if it is no longer the target.
	 */
	boolean occupy(long nanos) throws InterruptedException {
		this.changes.incrementAndGet();
		this.mailbox.wake();
		return this.ownership.occupy(nanos, () -> this.ownership.gateControl() == this && this.phases.isStaying());
	}

	/** Target: gives the handler back. */
	void vacate() {
		this.ownership.vacate();
	}

	/** Called when the gate has opened, or the target is in another state. */
	void moved() {
		this.changes.incrementAndGet();
		this.mailbox.wake();
		this.ownership.wakeWaiting();
	}

	/**
	 * Waits until the gate is open, and takes the handler again; returns {@code false} if
	 * the handler has ended first.
	 */
	boolean take() {
		return this.ownership.takeWhen(() -> this.gate.isOpen(), this.phases::isStopped);
	}

}
