package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.List;

import io.greenroom.deferred.DeferredDeadlockException;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.InState;
import io.greenroom.deferred.MailboxFullException;
import io.greenroom.deferred.Processing;
import io.greenroom.deferred.WrongStateException;
import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;

/**
 * Creates the exceptions for calls that were not accepted or not run, and counts rejected
 * calls.
 */
final class Rejections {

	private final HandlerName handler;

	private final HandlerOptions options;

	private final CallReports reports;

	/** Whether the handler ends with its scheduler. */
	private volatile boolean drained;

	Rejections(HandlerName handler, HandlerOptions options, CallReports reports) {
		this.handler = handler;
		this.options = options;
		this.reports = reports;
	}

	/** Notes that the handler ends with its scheduler. */
	void drained() {
		this.drained = true;
	}

	/** The handler takes no more calls. */
	HandlerStoppedException stopped(Call call, @Nullable Throwable death) {
		this.reports.rejected(call, "stopped");
		return notRun(call, death);
	}

	/** The handler's green thread could not be started. */
	HandlerStoppedException notStarted(Call call, Throwable reason) {
		this.reports.rejected(call, "stopped");
		return new HandlerStoppedException("%s.%s was not run: the handler could not start, because of %s"
			.formatted(this.handler, call.method(), Failures.describe(reason)), reason);
	}

	/** The loop would start only when its own caller goes on. */
	DeferredDeadlockException loopNotStarted(Call call, HandlerMethod loop, String remedy) {
		this.reports.rejected(call, "deadlock");
		return new DeferredDeadlockException(
				"%s.%s would wait for the handler's processing loop '%s', which starts later, on thread '%s' that this call blocks; %s"
					.formatted(this.handler, call.method(), loop.name(), Thread.currentThread().getName(), remedy),
				null);
	}

	/** There is no room, or none became free in time. */
	MailboxFullException full(Call call, @Nullable Duration waited, String doing) {
		this.reports.rejected(call, "full");
		return new MailboxFullException(
				"The mailbox of %s is full (%s calls waiting%s)%s, so %s.%s was not taken; raise its capacity or call it less often"
					.formatted(this.handler, this.options.capacity(), doing,
							(waited != null) ? " and had no room within " + waited : "", this.handler, call.method()),
				null);
	}

	/** A read-only body waits for one that must wait for it. */
	DeferredDeadlockException writeFromRead(Call call, @Nullable Call reading) {
		this.reports.rejected(call, "deadlock");
		return new DeferredDeadlockException(
				"%s.%s is not @ReadOnly, so it waits for all read-only bodies to end, but the read-only body of %s called it and would wait for it. Make %s @ReadOnly too, or call it oneway"
					.formatted(this.handler, call.method(), (reading != null) ? reading.method() : "another method",
							call.method()),
				null);
	}

	/** The machine of the handler is in a state that the call is not declared for. */
	WrongStateException wrongState(Call call, InState required, String where) {
		this.reports.rejected(call, "state");
		return new WrongStateException(
				"%s.%s was not run: %s, and it is declared for %s; call it in one of these, or declare the state in @InState"
					.formatted(this.handler, call.method(), where, List.of(required.value())));
	}

	/** A call that was accepted is not run. */
	HandlerStoppedException notRun(Call call, @Nullable Throwable death) {
		if (death == null && this.options.processing() == Processing.MANUAL) {
			return new HandlerStoppedException(
					"%s.%s was not run: the handler is shut down or shutting down, and nobody processes its calls (processing = MANUAL); process them until closing() is true and pending() is 0, or stop calling it before"
						.formatted(this.handler, call.method()),
					null);
		}
		if (death == null) {
			return new HandlerStoppedException("%s.%s was not run: the handler is shut down or shutting down%s"
				.formatted(this.handler, call.method(), this.drained
						? " with its scheduler; stop calling it before the application ends"
						: ": it was closed, or its bean destroyed; stop calling it before that, or create another"),
					null);
		}
		return new HandlerStoppedException("%s.%s was not run: the handler's processing loop died of %s"
			.formatted(this.handler, call.method(), Failures.describe(death)), death);
	}

	/** A call that had begun did not end before the handler was stopped. */
	HandlerStoppedException leftRunning(Call call) {
		return new HandlerStoppedException(
				"%s.%s was still running when the handler was shut down, and was not waited for any longer; give it more time to drain or the body less to do"
					.formatted(this.handler, call.method()),
				null);
	}

}
