package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the {@link HandlerSnapshot} of a handler without stopping any thread. */
final class Snapshots {

	private static final Logger log = LoggerFactory.getLogger(HandlerLog.NAME);

	private Snapshots() {
	}

	/** How much of an argument is shown, and how many are. */
	private static final int MOST_CHARACTERS = 200;

	private static final int MOST_ARGUMENTS = 20;

	static HandlerSnapshot of(HandlerEngine engine, Inspection inspection, boolean arguments) {
		HandlerCore core = engine.core();
		List<HandlerSnapshot.Body> running = new ArrayList<>();
		List<HandlerSnapshot.Edge> waits = new ArrayList<>();
		for (Hold held : core.holds()) {
			String thread = held.thread().getName();
			for (Call call : held.bodies()) {
				running.add(new HandlerSnapshot.Body(call.method(), thread, call.age(held.handler().now()),
						running(held, call, inspection), arguments ? arguments(call) : null));
			}
			Wait wait = held.waiting();
			if (wait != null && !wait.isOver()) {
				Call body = held.running();
				waits.add(new HandlerSnapshot.Edge((body != null) ? body.method() : null, thread, wait.on().name(),
						wait.call().method()));
			}
		}
		HandlerMethod loop = core.loopUnderWay();
		Throwable death = engine.lifecycle().phases().death();
		return new HandlerSnapshot(core.name(), state(engine.lifecycle().phases(), death), engine.mailbox().capacity(),
				engine.mailbox().size(), engine.mailbox().oldestAge(), (loop != null) ? loop.name() : null, running,
				waits, (death != null) ? Failures.describe(death) : null, core.reports().circle());
	}

	/** Returns how long the current body has been running, if it is timed. */
	static Duration runningAge(HandlerCore core) {
		Duration longest = Duration.ZERO;
		for (Hold held : core.holds()) {
			Call call = held.running();
			Duration running = (call != null) ? running(held, call, null) : null;
			if (running != null && running.compareTo(longest) > 0) {
				longest = running;
			}
		}
		return longest;
	}

	/** Returns for how long the innermost body has run, if known. */
	private static @Nullable Duration running(Hold held, Call call, @Nullable Inspection inspection) {
		if (held.running() != call) {
			return null;
		}
		long timed = held.begun;
		long begun = (timed != 0 || inspection == null) ? timed : inspection.busySince(held, call);
		if (begun == 0) {
			return null;
		}
		// Values read while a body begins may belong to the previous one.
		Duration running = Duration.ofNanos(Math.max(0, held.handler().now() - begun));
		Duration submitted = call.age(held.handler().now());
		return (submitted.isZero() || running.compareTo(submitted) < 0) ? running : submitted;
	}

	/** Calls users' {@code toString} methods, while the body may go on. */
	private static @Nullable List<String> arguments(Call call) {
		return ForeignCode.<@Nullable List<String>>ask(log, "An argument that was asked for its text", null,
				() -> (call instanceof DeclaredCall declared) ? Arrays.stream(declared.arguments())
					.limit(MOST_ARGUMENTS)
					.map(String::valueOf)
					.map((text) -> (text.length() > MOST_CHARACTERS) ? text.substring(0, MOST_CHARACTERS) + "..."
							: text)
					.toList() : null);
	}

	private static HandlerSnapshot.State state(HandlerPhases phases, @Nullable Throwable death) {
		if (death != null) {
			return HandlerSnapshot.State.DEAD;
		}
		return phases.isStopped() ? HandlerSnapshot.State.STOPPED
				: phases.isClosing() ? HandlerSnapshot.State.CLOSING : HandlerSnapshot.State.OPEN;
	}

}
