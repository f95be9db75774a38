package io.greenroom.faults;

import java.util.List;

/** Faults of a call's states, its interrupts, its wait, and the search for circles. */
final class CallFaults {

	private static final String CALL = "deferred/internal/Call.java";

	private static final String HOLD = "deferred/internal/Hold.java";

	private static final String WAIT = "deferred/internal/CallWait.java";

	private static final String GRAPH = "deferred/internal/WaitGraph.java";

	static final List<Fault> ALL = List.of(
			Fault.of("a call begins whatever has become of it")
				.in(CALL)
				.replaces("""
						final boolean begin() {
							while (true) {
								int seen = this.state;
								if ((seen & PHASE) != PENDING) {
									return false;
								}""", """
						final boolean begin() {
							while (true) {
								int seen = this.state;""")
				.breaks("D10")
				.caughtBy("deferred.internal.CallTests#whatIsOverDoesNotBegin"),
			Fault.of("a call that is withdrawn keeps what its body needed").in(CALL).replaces("""
					this.outcome = null;
					clear();
					return true;""", """
					this.outcome = null;
					return true;""").breaks("D10").caughtBy("deferred.internal.CallTests#withdrawnCallsKeepNothing"),
			Fault.of("the end of a call does not wait for an interrupt that is under way").in(CALL).replaces("""
					if ((seen & INTERRUPTING) != 0) {
						Waits.spin();
						continue;
					}""", "").breaks("D10").caughtBy("deferred.internal.CallTests#theEndWaitsForAnInterrupt"),
			Fault.of("the end of a call does not wake its caller").in(CALL).replaces("""
					if (STATE.compareAndSet(this, seen, phase | (seen & INTERRUPTED))) {
						if ((seen & PARKED) != 0) {""", """
					if (STATE.compareAndSet(this, seen, phase | (seen & INTERRUPTED))) {
						if (false) {""").breaks("D05").caughtBy("deferred.internal.CallTests#theEndWakesTheCaller"),
			Fault.of("a caller that is told of a stop is not woken").in(CALL).replaces("""
					else if (STATE.compareAndSet(this, seen, TOLD | (seen & INTERRUPTED))) {
						if ((seen & PARKED) != 0) {""", """
					else if (STATE.compareAndSet(this, seen, TOLD | (seen & INTERRUPTED))) {
						if (false) {""").breaks("D20").caughtBy("deferred.internal.CallTests#aStopWakesTheCaller"),
			Fault.of("the body of a caller that gave up is not interrupted")
				.in(WAIT)
				.replaces("""
						Call.Leaving leaving = call.leave(interrupt);""", """
						Call.Leaving leaving = call.leave(false);""")
				.breaks("D10")
				.caughtBy("deferred.DeadlockTests#bodiesAreInterruptedWhereDeclared"),
			Fault.of("a withdrawn call is counted twice")
				.in(CALL)
				.replaces("""
						return seen == WITHDRAWN && STATE.compareAndSet(this, seen, WITHDRAWN | COUNTED);""", """
						return (seen & PHASE) == WITHDRAWN;""")
				.breaks("D10")
				.caughtBy("deferred.internal.CallTests#withdrawnCallsKeepNothing"),
			Fault.of("a call that was told of a stop is answered too").in(CALL).replaces("""
					if ((seen & PHASE) == TOLD) {
						return false;
					}""", "").breaks("D20").caughtBy("deferred.internal.CallRaceTests#oneFate"),
			Fault.of("an interrupt that came for one body is left to the next").in(HOLD).replaces("""
					if (this.owned) {
						Thread.interrupted();
					}""", """
					if (this.owned) {
					}""").breaks("D10").caughtBy("deferred.internal.HoldTests#anInterruptIsForOneBody"),
			Fault.of("an interrupt reaches whatever body runs")
				.in(HOLD)
				.replaces("""
						if (this.running == call) {
							Parking.interrupt(this.thread);""", """
						if (true) {
							Parking.interrupt(this.thread);""")
				.breaks("D10")
				.caughtBy("deferred.internal.HoldTests#onlyItsOwnBodyIsInterrupted"),
			Fault.of("a body is not interrupted after the call it has let in")
				.in(HOLD)
				.replaces("""
						if (this.late != null && this.late.remove(outer)) {""", """
						if (false) {""")
				.breaks("D10")
				.caughtBy("deferred.internal.HoldTests#aBodyIsInterruptedWhenItGoesOn"),
			Fault.of("an interrupt meant for a body reaches the call it lets in").in(HOLD).replaces("""
					if (Thread.interrupted()) {
						// The interrupt was meant for the outer call, which finds it when it goes on.
						interruptLater(outer);
					}""", "").breaks("D10").caughtBy("deferred.internal.HoldTests#aCallLetInIsNotInterrupted"),
			Fault.of("a body's end does not wait for an operator's interrupt")
				.in(HOLD)
				.replaces("""
						void end(Call call) {
							this.entering = false;
							RUNNING.setRelease(this, null);
							if (this.interrupting) {
								awaitInterrupt();
							}""", """
						void end(Call call) {
							this.entering = false;
							RUNNING.setRelease(this, null);""")
				.breaks("M08")
				.caughtBy("deferred.internal.InterruptedBodiesTests#endsWhileInterrupted"),
			Fault.of("a caller that runs its own call keeps the interrupt meant for the body")
				.in(HOLD)
				.replaces("""
						if (this.interrupted != null) {
							// Meant for the body alone.
							Thread.interrupted();
							this.interrupted = null;
						}
						CURRENT.set(this.outer);""", """
						CURRENT.set(this.outer);""")
				.breaks("M08")
				.caughtBy("deferred.internal.HoldTests#aCallerKeepsNoInterrupt"),
			Fault.of("an operator's interrupt of one call takes that of the same caller's next one away")
				.in(HOLD)
				.replaces("""
						Thread.interrupted();
						this.interrupted = null;""", """
						Thread.interrupted();""")
				.breaks("M08")
				.caughtBy("deferred.internal.HoldTests#theNextCallStartsAnew"),
			Fault.of("a caller uses the hold of another thread").in(HOLD).replaces("""
					return this.thread == Thread.currentThread() && this.wait == null""", """
					return this.wait == null""").breaks("D35").caughtBy("deferred.internal.HoldTests#onlyItsOwn"),
			Fault.of("a body's call hides that body from who looks for circles")
				.in(HOLD)
				.replaces("""
						Hold held = (outer == null && last != null && last.isForAnother()) ? last""", """
						Hold held = (last != null && last.isForAnother()) ? last""")
				.breaks("D19")
				.caughtBy("deferred.internal.HoldTests#onlyItsOwn"),
			Fault.of("a nested wait for a call forgets the wait around it").in(WAIT).replaces("""
						return call.await(start, nanos, this.handler, wait);
					}
					finally {
						held.waitFor(outer);""", """
						return call.await(start, nanos, this.handler, wait);
					}
					finally {
						held.waitFor(null);""").breaks("D19").caughtBy("deferred.internal.NestedWaitTests#afterACall"),
			Fault.of("a nested wait for room forgets the wait around it").in(WAIT).replaces("""
							if (reserved) {
								return true;
							}
						}
					}
					finally {
						held.waitFor(outer);""", """
							if (reserved) {
								return true;
							}
						}
					}
					finally {
						held.waitFor(null);""").breaks("D19").caughtBy("deferred.internal.NestedWaitTests#afterRoom"),
			Fault.of("no wait is searched for a circle")
				.in(GRAPH)
				.replaces("""
						if (cycle.isEmpty() || !cycle.equals(path(mine))) {""", """
						if (true || cycle.isEmpty()) {""")
				.breaks("D19")
				.caughtBy("deferred.DeadlockTests#circlesOfOneChain"),
			Fault.of("a circle is believed without a second look")
				.in(GRAPH)
				.replaces("""
						if (cycle.isEmpty() || !cycle.equals(path(mine))) {""", """
						if (cycle.isEmpty()) {""")
				.breaks("D19")
				.caughtBy("deferred.internal.WaitGraphTests#aCircleIsLookedAtTwice"),
			Fault.of("a search follows waits that are over")
				.in(GRAPH)
				.replaces("""
						if (wait == null || wait.isOver() || path.contains(wait)) {""", """
						if (wait == null || path.contains(wait)) {""")
				.breaks("D19")
				.caughtBy("deferred.internal.WaitGraphTests#waitsThatAreOverAreNotFollowed"),
			Fault.of("a search does not end in a circle that it is not part of")
				.in(GRAPH)
				.replaces("""
						if (wait == null || wait.isOver() || path.contains(wait)) {""", """
						if (wait == null || wait.isOver()) {""")
				.breaks("D19")
				.caughtBy("deferred.internal.WaitGraphTests#circlesOfOthers"),
			Fault.of("a reentrant handler lets in a call of another chain").in(GRAPH).replaces("""
					return cycle.stream().allMatch((wait) -> wait == stuck || wait.call().isRunning());""", """
					return true;""").breaks("D19").caughtBy("deferred.DeadlockTests#reentrantHandlersKeepOthersOut"),
			Fault.of("a read that comes back among readers is taken for a deadlock").in(GRAPH).replaces("""
					return stuck.call().isReadOnly() && held != null && held.isReading();""", """
					return false;""").breaks("D38").caughtBy("deferred.ReadOnlyTests#readsThatComeBack"),
			Fault.of("a stopped caller gets the outcome of the body all the same").in(WAIT).removes("""
					if (call.isTold()) {
						throw this.rejections.leftRunning(call);
					}""").breaks("D31").caughtBy("deferred.ShutdownTests#syncCallersOfStuckBodiesAreTold"),
			Fault.of("a call inside a timed one has all of its own time")
				.in("deferred/internal/CallSubmitter.java")
				.replaces("""
						Math.max(0, Math.min(nanos, outer.deadline - now))""", "nanos")
				.breaks("D26")
				.caughtBy("deferred.DeadlockTests#deadlinesAreInherited"),
			Fault.of("an interrupt is forgotten while waiting for room")
				.in("deferred/internal/CallSubmitter.java")
				.replaces("""
						catch (InterruptedException ex) {
							Thread.currentThread().interrupt();
							interrupt = ex;""", """
						catch (InterruptedException ex) {
							interrupt = ex;""")
				.breaks("D27")
				.caughtBy("deferred.DeferredTests#interruptedWhileWaitingForRoom"),
			Fault.of("room is kept for a call whose transaction could not be followed")
				.in("deferred/internal/CallSubmitter.java")
				.removes("""
						if (!taken) {
							reserved.giveBack();
						}""")
				.breaks("D30")
				.caughtBy("deferred.internal.AfterCommitTests#roomComesBackIfTheTransactionCannotBeFollowed"),
			Fault.of("a rolled-back call keeps its room").in("deferred/internal/ReservedPlace.java").removes("""
					finally {
						this.mailbox.unreserve();
					}""").breaks("D30").caughtBy("deferred.internal.AfterCommitTests#roomComesBackAtARollback"),
			Fault.of("room of a call is given back twice")
				.in("deferred/internal/ReservedPlace.java")
				.replaces("""
						public void giveBack() {
							if (!this.over.compareAndSet(false, true)) {
								return;
							}""", """
						public void giveBack() {""")
				.breaks("D30")
				.caughtBy("deferred.internal.AfterCommitTests#roomComesBackAtARollback"),
			Fault.of("the context of a body stays on the handler's thread")
				.in("deferred/internal/CallRunner.java")
				.removes("""
						ForeignCode.run(log, "A context carrier, after a body,", scope::close);""")
				.breaks("D29")
				.caughtBy("deferred.ContextTests#nothingIsLeftBehind"));

	private CallFaults() {
	}

}
