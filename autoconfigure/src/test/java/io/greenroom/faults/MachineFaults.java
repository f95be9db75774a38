package io.greenroom.faults;

import java.util.List;

/** Faults of machines: moves, bodies, timers, stops. */
final class MachineFaults {

	private static final String POSITION = "state/Position.java";

	private static final String STEPS = "state/MoveSteps.java";

	private static final String BODIES = "state/Bodies.java";

	private static final String STAY = "state/StateActivation.java";

	private static final String OUTSIDE = "state/OutsideMoves.java";

	private static final String CIRCLE = "state/WaitCircle.java";

	static final List<Fault> ALL = List.of(
			Fault.of("a stop between a start and its body is lost").in("state/BodyRunner.java").replaces("""
					if (mine.stopping() || mine.isGivenUp() ||""", """
					if (mine.isGivenUp() ||""").breaks("S15").caughtBy("state.StateStopTests#stopBeforeTheBody"),
			Fault.of("a move revives a machine that ended during its onStart").in(OUTSIDE).replaces("""
					if (mine.cancelled || (mine.from != null && steps.position().isEnd())) {""", """
					if (mine.cancelled) {""").breaks("S16").caughtBy("state.StateOnStartTests#endedDuringOnStart"),
			Fault.of("a move goes on although the machine was stopped during its onStart")
				.in(OUTSIDE)
				.replaces("""
						if (mine.cancelled || (mine.from != null && steps.position().isEnd())) {""", """
						if (mine.from != null && steps.position().isEnd()) {""")
				.breaks("S15")
				.caughtBy("state.StateStopTests#stop"),
			Fault.of("the timer of a state that was left stays set").in(POSITION).removes("""
					if (left != null) {
						left.cancelTimer();
					}""").breaks("S19", "F10").caughtBy("state.StateTimerTests#leftStatesHaveNoTimer"),
			Fault.of("the timer of a machine that has ended stays set").in(POSITION).removes("""
					if (settled.isEnd() && last != null) {
						last.cancelTimer();
					}""").breaks("S19", "F10").caughtBy("state.StateTimerTests#endedMachinesHaveNoTimer"),
			Fault.of("a timer that is cancelled keeps its thread").in("state/StateTimers.java").removes("""
					if (set != null && !set.isStarted()) {
						set.kill();
					}""").breaks("S19", "F10").caughtBy("state.StateTimerTests#leftStatesHaveNoTimer"),
			Fault.of("a timeout moves a machine on from another state")
				.in(OUTSIDE)
				.replaces("""
						if (expected != null && (expected != active || this.services.isClosed())) {""", """
						if (expected != null && this.services.isClosed()) {""")
				.breaks("S19")
				.caughtBy("state.StateTimerTests#lateTimer"),
			Fault.of("an interrupt is forgotten while waiting to move").in(POSITION).removes("""
					finally {
						if (interrupted) {
							Thread.currentThread().interrupt();
						}
					}""").breaks("S10").caughtBy("state.PositionTests#interruptedWhileWaitingToMove"),
			Fault.of("an old body's interrupt reaches the next").in(STAY).removes("""
					if (isOnBodyThread()) {
						// The interrupt was meant for the body, not for what this thread does next.
						Thread.interrupted();
					}""").breaks("S10").caughtBy("state.StateMoveTests#theNextBodyIsNotInterrupted"),
			Fault.of("a body that fails on its way still moves its machine")
				.in(BODIES)
				.replaces(
						"""
								if (waiting == null || !waiting.ready || mine.stopping() || (waiting.own && error != null)) {""",
						"""
								if (waiting == null || !waiting.ready || mine.stopping()) {""")
				.breaks("S09")
				.caughtBy("state.StateMachineTests#failingCleanUp"),
			Fault.of("a body that was only interrupted counts as failed").in(BODIES).replaces("""
					return (interrupted && mine.isInterruptWithdrawn()) ? Status.RESTING : Status.FAILED;""", """
					return Status.FAILED;""").breaks("S39").caughtBy("state.StateCircleTests#nextWait"),
			Fault.of("the next move is made before the listeners have heard of the last").in(STEPS).replaces("""
					void announce(Move mine, StateMove made) {
						try {""", """
					void announce(Move mine, StateMove made) {
						releaseLocked();
						try {""").breaks("S21").caughtBy("state.PositionTests#listenersHearInOrder"),
			Fault.of("a body's failure does not drop the move that it has requested")
				.in("state/BodyRunner.java")
				.removes("""
						steps.dropOwnMove();""")
				.breaks("S38")
				.caughtBy("state.OnErrorTests#ownMove"),
			Fault.of("a circle of machines is believed without a second look").in(CIRCLE).replaces("""
					if (circle.isEmpty() || !circle.equals(path(mine))) {""", """
					if (circle.isEmpty()) {""").breaks("S39").caughtBy("state.WaitCircleTests#aCircleIsLookedAtTwice"),
			Fault.of("a nested wait for a machine forgets the wait around it")
				.in(CIRCLE)
				.replaces("""
						if (this.outer != null) {
							WAITS.put(this.thread, this.outer);
						}
						else {
							WAITS.remove(this.thread);
						}""", """
						WAITS.remove(this.thread);""")
				.breaks("S39")
				.caughtBy("state.WaitCircleTests#aNestedWaitKeepsTheOuterOne"),
			Fault.of("a search for machines does not end in a circle that it is not part of").in(CIRCLE).replaces("""
					if (path.contains(link)) {
						return false;
					}""", "").breaks("S39").caughtBy("state.WaitCircleTests#circlesOfOthers"));

	private MachineFaults() {
	}

}
