package io.greenroom.state;

import java.io.Serial;
import java.util.List;

import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if a requested move is not declared from the current state of the machine. The
 * machine has not moved.
 */
public final class IllegalTransitionException extends IllegalStateException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String machine;

	private final @Nullable String from;

	private final String to;

	private final transient List<String> legal;

	private final String summary;

	private IllegalTransitionException(String machine, @Nullable String from, String to, List<String> legal,
			String message, String summary) {
		super(message);
		this.machine = machine;
		this.from = from;
		this.to = to;
		this.legal = List.copyOf(legal);
		this.summary = summary;
	}

	static IllegalTransitionException undeclared(String machine, String from, String to, List<String> legal) {
		String declared = legal.isEmpty() ? "'" + from + "' declares none" : "declared are " + legal;
		String summary = "%s can't move from '%s' to '%s': %s".formatted(machine, from, to, declared);
		return new IllegalTransitionException(machine, from, to, legal,
				"%s; call a declared state, or add \"%s\" to transitionsTo of %s()".formatted(summary, to, from),
				summary);
	}

	static IllegalTransitionException notInitial(String machine, @Nullable String last, StateMachine.Status status,
			@Nullable Throwable failure, String to, List<String> legal) {
		String where = switch (status) {
			case DONE -> "has ended in '" + last + "'";
			case FAILED -> "has failed in '" + last + "'";
			case STOPPED -> "was stopped in '" + last + "'";
			default -> "has not started";
		};
		boolean done = status == StateMachine.Status.DONE;
		String again = done ? "start again" : "start";
		String starts = legal.isEmpty() ? "no state may start it again" : "it may " + again + " in " + legal;
		String rejected = " and can't %s in '%s': %s".formatted(again, to, starts);
		String remedy = "%s, or mark %s() with initial = true%s".formatted(
				legal.isEmpty() ? "; create a new object" : "; call one of these", to, done ? ", restart = true" : "");
		String summary = machine + " " + where;
		String why = summary;
		if (failure != null) {
			summary += " with " + failure.getClass().getName();
			why += " with " + Failures.describe(failure);
		}
		return new IllegalTransitionException(machine, last, to, legal, why + rejected + remedy, summary + rejected);
	}

	static IllegalTransitionException endedMeanwhile(String machine, @Nullable String from, String to,
			StateMachine.Status status) {
		String summary = "%s did not move to '%s': it %s meanwhile".formatted(machine, to, switch (status) {
			case FAILED -> "failed";
			case DONE -> "ended";
			default -> "was stopped";
		});
		return new IllegalTransitionException(machine, from, to, List.of(), summary, summary);
	}

	/**
	 * Returns a short message for users of the application. It lacks the advice to
	 * developers, and if the machine has failed, it contains only the class of the
	 * failure, not its message.
	 * @return what was rejected, and why
	 */
	public String summary() {
		return this.summary;
	}

	/**
	 * Returns the machine that rejected the move.
	 * @return the machine's name
	 */
	public String machine() {
		return this.machine;
	}

	/**
	 * Returns the state that the machine was in, and still is.
	 * @return the state's name, which is that of the last state if the machine has ended;
	 * {@code null} if it was not started
	 */
	public @Nullable String from() {
		return this.from;
	}

	/**
	 * Returns the requested state.
	 * @return the state's name
	 */
	public String to() {
		return this.to;
	}

	/**
	 * Returns the states that would have been legal.
	 * @return the names of states
	 */
	public List<String> legal() {
		return (this.legal != null) ? this.legal : List.of();
	}

}
