package io.greenroom.deferred.internal;

import java.util.List;

import io.greenroom.green.WorkReport;
import org.jspecify.annotations.Nullable;

/**
 * The end of a handler: the callers of what is left are told, and all calls are counted
 * from the beginning of the shutdown.
 */
final class HandlerEnding implements Making.CallEnds {

	private final HandlerCore handler;

	private final Mailbox mailbox;

	private final Ownership ownership;

	private final HandlerPhases phases;

	HandlerEnding(HandlerCore handler, Mailbox mailbox, Ownership ownership, HandlerPhases phases) {
		this.handler = handler;
		this.mailbox = mailbox;
		this.ownership = ownership;
		this.phases = phases;
	}

	/** Ends the handler, so that nothing runs any more, and tells all waiting threads. */
	void end(@Nullable Throwable reason) {
		boolean reported = this.phases.end(reason);
		leaveQueued();
		this.ownership.wakeWaiting();
		if (!reported) {
			this.handler.detach();
		}
	}

	/**
	 * Tells the callers of all queued calls. The thread that ends the handler calls this,
	 * and so does a processor that finds the handler ended: it may have been between
	 * taking calls out of the mailbox and putting them into its line.
	 */
	void leaveQueued() {
		this.mailbox.close(this::leave);
	}

	/** Tells the caller that its call will not run. */
	void leave(Call call) {
		if (call.fail(this.handler.rejections().notRun(call, this.phases.death()))) {
			this.handler.reports().leftOver(call);
			left(call, "");
		}
		else {
			passed(call);
		}
	}

	/** Tells the callers of all bodies that still run. */
	void leaveRunning() {
		this.handler.holds().forEach((held) -> held.bodies().forEach(this::leaveRunning));
		this.handler.work().endReading((call) -> {
			// A call that has a thread may still not have begun.
			leave(call);
			leaveRunning(call);
		});
	}

	private void leaveRunning(Call call) {
		if (call.tell(this.handler.rejections().leftRunning(call))) {
			left(call, " (running)");
		}
	}

	private void left(Call call, String how) {
		WorkCounter counts = this.phases.counter();
		if (counts != null) {
			counts.left(this.handler.name() + "." + call.method() + how);
		}
	}

	/** Returns whether the fate of calls matters to a shutdown. */
	boolean isCounting() {
		return this.phases.counter() != null;
	}

	/** Counts a body that has ended, and that at least the handler waited for. */
	@Override
	public void ran() {
		WorkCounter counts = this.phases.counter();
		if (counts != null) {
			counts.ran();
		}
	}

	/** Counts a call that was skipped because it was over already. */
	@Override
	public void passed(Call call) {
		WorkCounter counts = this.phases.counter();
		if (counts != null && call.countAsWithdrawn()) {
			counts.withdrawn();
		}
	}

	WorkReport report() {
		WorkCounter counts = this.phases.counter();
		return (counts != null) ? counts.report() : new WorkReport(0, 0, List.of());
	}

}
