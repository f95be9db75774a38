package io.greenroom.state;

import java.io.Serial;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** A move was asked for that is not declared from where the machine is; nothing moved. */
public final class IllegalTransitionException extends IllegalStateException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String machine;

	private final @Nullable String from;

	private final String to;

	private final transient List<String> legal;

	IllegalTransitionException(String machine, @Nullable String from, String to, List<String> legal, String message) {
		super(message);
		this.machine = machine;
		this.from = from;
		this.to = to;
		this.legal = List.copyOf(legal);
	}

	static IllegalTransitionException undeclared(String machine, String from, String to, List<String> legal) {
		String declared = legal.isEmpty() ? "'" + from + "' declares none" : "declared are " + legal;
		return new IllegalTransitionException(machine, from, to, legal,
				"%s can't move from '%s' to '%s': %s; call a declared state, or add \"%s\" to transitionsTo of %s()"
					.formatted(machine, from, to, declared, to, from));
	}

	static IllegalTransitionException notInitial(String machine, @Nullable String last, StateMachine.Status status,
			String to, List<String> legal) {
		String where = switch (status) {
			case DONE -> "has ended in '" + last + "'";
			case FAILED -> "has failed in '" + last + "'";
			case STOPPED -> "was stopped in '" + last + "'";
			default -> "has not started";
		};
		return new IllegalTransitionException(machine, last, to, legal,
				"%s %s and can't start in '%s': it may start in %s; call one of these, or mark %s() with initial = true"
					.formatted(machine, where, to, legal, to));
	}

	static IllegalTransitionException endedMeanwhile(String machine, @Nullable String from, String to,
			StateMachine.Status status) {
		return new IllegalTransitionException(machine, from, to, List.of(), "%s did not move to '%s': it %s meanwhile"
			.formatted(machine, to, (status == StateMachine.Status.FAILED) ? "failed" : "was stopped"));
	}

	/**
	 * Returns which machine refused.
	 * @return the machine's name
	 */
	public String machine() {
		return this.machine;
	}

	/**
	 * Returns where the machine was, and is.
	 * @return the state's name, that of the last state when the machine has ended,
	 * {@code null} when it was not started
	 */
	public @Nullable String from() {
		return this.from;
	}

	/**
	 * Returns what was asked for.
	 * @return the state's name
	 */
	public String to() {
		return this.to;
	}

	/**
	 * Returns what would have been legal.
	 * @return the names of states
	 */
	public List<String> legal() {
		return (this.legal != null) ? this.legal : List.of();
	}

}
