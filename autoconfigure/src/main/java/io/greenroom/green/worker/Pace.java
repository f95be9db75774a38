package io.greenroom.green.worker;

import java.util.Set;

import io.greenroom.green.internal.Timing;

/** For which timers the time passes while no routine can go on. */
enum Pace {

	/** For all, up to a limit. */
	TO_LIMIT,

	/** For all that may let a routine go on. */
	WORK,

	/** For what goes on by itself, and for limits as long as something waits. */
	FINISH,

	/**
	 * For what goes on by itself, and for limits: the leader waits, and can't let it
	 * pass.
	 */
	LEAD,

	/** For what goes on by itself. */
	SETTLE,

	/** For none. */
	STILL;

	private static final Set<Timing> ALL = Set.of(Timing.values());

	private static final Set<Timing> ALL_BUT_LOOKS = Set.of(Timing.SLEEP, Timing.ROUND, Timing.LIMIT);

	private static final Set<Timing> SLEEPS_AND_LIMITS = Set.of(Timing.SLEEP, Timing.LIMIT);

	private static final Set<Timing> SLEEPS = Set.of(Timing.SLEEP);

	/**
	 * Returns the kinds of timers that the time passes for.
	 * @param waiting whether a routine waits that should end
	 */
	Set<Timing> passesFor(boolean waiting) {
		return switch (this) {
			case TO_LIMIT -> ALL;
			case WORK -> ALL_BUT_LOOKS;
			case FINISH -> waiting ? SLEEPS_AND_LIMITS : SLEEPS;
			case LEAD -> SLEEPS_AND_LIMITS;
			case SETTLE -> SLEEPS;
			case STILL -> Set.of();
		};
	}

}
