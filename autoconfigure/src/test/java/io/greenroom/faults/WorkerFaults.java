package io.greenroom.faults;

import java.util.List;

/** Faults of the deterministic worker. */
final class WorkerFaults {

	private static final String CARRIER = "green/worker/CarrierEngine.java";

	private static final String ENGINE = "green/worker/WorkerEngine.java";

	private static final String WAITS = "green/worker/RealWaits.java";

	private static final String QUEUE = "green/worker/RunQueue.java";

	static final List<Fault> ALL = List.of(
			Fault.of("the time jumps while a routine waits for the network").in(CARRIER).removes("""
					else if (!this.inStep && waiting.isAlive()) {
						CarrierEngine.this.realWaits.beginJdk(this, () -> JdkWaits.heldBy(waiting));
					}""").breaks("C11", "U01").caughtBy("green.worker.WorkerNetworkTests#timeDoesNotJump"),
			Fault.of("a wait for the network that is over still holds the time")
				.in(CARRIER)
				.replaces("""
						CarrierEngine.this.queue.add(this);
						CarrierEngine.this.realWaits.end(this);""", """
						CarrierEngine.this.queue.add(this);""")
				.breaks("C11")
				.caughtBy("green.worker.WorkerNetworkTests#timeJumpsAfterwards"),
			Fault.of("a wait for the network is over before the routine is in the line")
				.in(CARRIER)
				.replaces("""
						CarrierEngine.this.queue.add(this);
						CarrierEngine.this.realWaits.end(this);""", """
						CarrierEngine.this.realWaits.end(this);
						CarrierEngine.this.queue.add(this);""")
				.breaks("C11")
				.caughtBy("green.worker.WorkerNetworkTests#answersAtOnce"),
			Fault.of("the time jumps over a routine that has just become ready").in(QUEUE).removes("""
					if (this.ready.size() > 0) {
						return true;
					}""").breaks("C11").caughtBy("green.worker.WorkerNetworkTests#answersAtOnce"),
			Fault.of("a step that has just become ready is not made")
				.in(ENGINE)
				.replaces("return worthIt || this.queue.hasReady();", "return worthIt;")
				.breaks("C11")
				.caughtBy("green.worker.WorkerNetworkTests#answersAtOnce"),
			Fault.of("the time jumps while somebody outside is about to put a routine into the line")
				.in(WAITS)
				.replaces("Set<Timing> held = isWaking() ? ALL : NONE;", "Set<Timing> held = NONE;")
				.breaks("U01")
				.caughtBy("test.DeterministicHandlerTests#besideCallsFromOutside"),
			Fault.of("one routine goes on when workFor ends, and others that are due do not")
				.in(ENGINE)
				.replaces("stepDue(done);", "this.queue.fireDue();")
				.breaks("C16")
				.caughtBy("green.worker.WorkerTests#workForBeginsWhatIsDue"),
			Fault.of("a routine that yields again and again keeps others from what is due")
				.in(QUEUE)
				.replaces("this.yielded.size() == this.ready.size()", "!this.yielded.isEmpty()")
				.breaks("C16")
				.caughtBy("green.worker.WorkerTests#workForBeginsWhatIsDue"),
			Fault.of("a handler that is called at the end of a run is stuck")
				.in(ENGINE)
				.replaces("if (isWanted(null) && (!left", "if (left.isEmpty() && isWanted(null) && (!left")
				.breaks("U01")
				.caughtBy("test.DeterministicHandlerTests#callsFromOutside"),
			Fault.of("a listener holds the time for ever").in(WAITS).replaces("""
					return isLong(now) ? NONE : kinds();""", """
					return kinds();""").breaks("C11").caughtBy("green.worker.RealWaitsTests#jdk"),
			Fault.of("a limit is jumped to while a command runs").in(WAITS).replaces("""
					return isForWork(now) ? NONE : LIMITS;""", """
					return NONE;""").breaks("C18").caughtBy("green.io.CommandStarvationTests#limitInWorker"),
			Fault.of("a limit is jumped to while a routine is in a timed wait of the JDK")
				.in("green/worker/JdkWaits.java")
				.replaces("? RealWaits.LIMITS :", "? RealWaits.NONE :")
				.breaks("C11")
				.caughtBy("green.worker.WorkerNetworkTests#timedWaits"),
			Fault.of("a sleep is not jumped to while another routine is in a timed wait of the JDK")
				.in("green/worker/JdkWaits.java")
				.replaces("? RealWaits.LIMITS :", "? RealWaits.ALL :")
				.breaks("C11")
				.caughtBy("green.worker.WorkerNetworkTests#aSleepEndsATimedWait"),
			Fault.of("a routine that only yields lets the time outrun reality")
				.in(WAITS)
				.replaces("return Math.min(nanos, passed);", "return nanos;")
				.breaks("C18")
				.caughtBy("green.worker.RealWaitsTests#rounds"),
			Fault.of("a limit that is held back never comes")
				.in(QUEUE)
				.removes("""
						skipTo(Math.min(this.now + nanos, until));""")
				.breaks("C11")
				.caughtBy("green.worker.WorkerNetworkTests#limitInReality"),
			Fault.of("a lock that is held outside ends a step")
				.in(CARRIER)
				.replaces("""
						return isOutside(holder) ? PATIENCE : Duration.ZERO;""", """
						return Duration.ZERO;""")
				.breaks("C12")
				.caughtBy("green.worker.WorkerLocksTests#contendedFromOutside"),
			Fault.of("a routine that waits for the outside is taken for stuck")
				.in(CARRIER)
				.replaces("""
						return !this.outside && thread().getState() == Thread.State.WAITING && !waitsForOutside();""",
						"""
								return !this.outside && thread().getState() == Thread.State.WAITING;""")
				.breaks("U01")
				.caughtBy("green.worker.WorkerNetworkTests#reads"),
			Fault.of("the pollers of a JVM are left to a routine").in(CARRIER).removes("""
					startPollers();""").breaks("U01").caughtBy("green.worker.WorkerNetworkTests#networkOfOthers"),
			Fault.of("threads that routines have started end with their worker").in(CARRIER).replaces("""
					if (next.thread == null) {""", """
					if (false) {""").breaks("C13").caughtBy("green.worker.WorkerNetworkTests#goesOn"));

	private WorkerFaults() {
	}

}
