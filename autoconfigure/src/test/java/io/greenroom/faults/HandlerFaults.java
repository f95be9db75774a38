package io.greenroom.faults;

import java.util.List;

/** Faults of processing, ownership, readers, gates, and a handler's end. */
final class HandlerFaults {

	private static final String PROCESSOR = "deferred/internal/Processor.java";

	private static final String OWNERSHIP = "deferred/internal/Ownership.java";

	private static final String READERS = "deferred/internal/Readers.java";

	private static final String OWNER = "deferred/internal/OwnerThread.java";

	private static final String LIFE = "deferred/internal/HandlerLifecycle.java";

	private static final String PHASES = "deferred/internal/HandlerPhases.java";

	static final List<Fault> ALL = List.of(
			Fault.of("a stop that came too late ends the next processing")
				.in(PROCESSOR)
				.replaces("""
						// A request to stop an earlier processing may have come after that had ended.
						this.stopping = false;""", "")
				.breaks("D14")
				.caughtBy("deferred.internal.LateStopTests#aLateStopIsForgotten"),
			Fault.of("a stop inside a nested processing ends only that").in(PROCESSOR).replaces("""
					boolean outermost = !this.processing;""", """
					boolean outermost = true;""").breaks("D15").caughtBy("deferred.ProcessingTests#stopInsideEndsBoth"),
			Fault.of("process() runs what comes while it runs").in(PROCESSOR).replaces("""
					int upTo = this.mailbox.gather();
					int ran = 0;""", """
					int upTo = Integer.MAX_VALUE;
					this.mailbox.gather();
					int ran = 0;""").breaks("D23").caughtBy("deferred.ProcessingTests#laterCallsWait"),
			Fault.of("a stop does not wake a processing that waits").in(PROCESSOR).replaces("""
					this.stopping = true;
					this.mailbox.wake();""", """
					this.stopping = true;""").breaks("D40").caughtBy("deferred.ProcessingTests#stopWakes"),
			Fault.of("a stop is forgotten where nothing processes at the moment")
				.in(PROCESSOR)
				.replaces("""
						if (this.processing || this.givingWay) {
							this.stopping = true;""", """
						if (false) {
							this.stopping = true;""")
				.breaks("D13")
				.caughtBy("deferred.ProcessingTests#stopEndsAProcessing"),
			Fault.of("a writer runs beside readers").in(PROCESSOR).replaces("""
					reading.awaitNone();
					return false;""", """
					return false;""").breaks("D38").caughtBy("deferred.ReadOnlyTests#writersWaitForReaders"),
			Fault.of("processing ends while its readers run").in(PROCESSOR).replaces("""
						// Gave way, and the handler has ended since.
						return;
					}
					if (this.readers != null) {
						this.readers.awaitNone();
					}""", """
						return;
					}""").breaks("D38").caughtBy("deferred.ReadOnlyTests#processWaitsForReaders"),
			Fault.of("one reader more runs than is declared").in(READERS).replaces("""
					awaitAtMost(this.limit - 1);""", """
					awaitAtMost(this.limit);""").breaks("D38").caughtBy("deferred.ReadOnlyTests#readersAreLimited"),
			Fault.of("an interrupt is lost while waiting for readers").in(READERS).removes("""
					if (interrupted) {
						Thread.currentThread().interrupt();
					}""").breaks("D40").caughtBy("deferred.ReadOnlyTests#interruptedWhileWaitingForReaders"),
			Fault.of("the end of a handler leaves its readers' threads").in(READERS).replaces("""
					if (thread != null) {
						thread.kill();
					}""", "").breaks("D31").caughtBy("deferred.ReadOnlyTests#readersAreKilledAtTheEnd"),
			Fault.of("a body begins after the end of its handler").in("deferred/internal/CallRunner.java").replaces("""
					if (this.phases.isStopped()) {
						this.ending.leave(call);
						return false;
					}""", "").breaks("D31").caughtBy("deferred.ReadOnlyTests#readsAtTheShutdown"),
			Fault.of("a caller that runs its own call overtakes a queued one")
				.in("deferred/internal/CallerRuns.java")
				.replaces("""
						if (!taken || this.wanted || !this.mailbox.isEmpty()) {""", """
						if (!taken || this.wanted) {""")
				.breaks("D35", "D08")
				.caughtBy("deferred.internal.CallerRunsTests#overtakesNobody"),
			Fault.of("a caller's interrupt flag is in sight of the body it runs itself")
				.in("deferred/internal/CallerRuns.java")
				.replaces("""
						interrupted = Thread.interrupted();
						taken =""", """
						taken =""")
				.breaks("D35")
				.caughtBy("deferred.CallerWhenIdleTests#interruptFlags"),
			Fault.of("two threads process one handler").in(OWNERSHIP).replaces("""
					if (before != null && before != current && !isLentToMe()) {""", """
					if (false) {""").breaks("D21").caughtBy("deferred.ProcessingTests#oneProcessorAtATime"),
			Fault.of("a resting handler is taken by somebody else")
				.in(OWNERSHIP)
				.replaces("""
						if (before == RESTING && owned) {""", """
						if (before == RESTING) {""")
				.breaks("D21")
				.caughtBy("deferred.internal.RestTests#restingHandlersHaveAnOwner"),
			Fault.of("a handler that is given back wakes nobody who waits for it").in(OWNERSHIP).replaces("""
					if (!this.waiting.isEmpty()) {
						wakeWaiting();
					}""", "").breaks("S22").hangs().caughtBy("deferred.internal.OwnershipTests#givingBackWakes"),
			Fault.of("an interrupt is lost while waiting for the handler").in(OWNERSHIP).replaces("""
					if (interrupted) {
						current.interrupt();
					}""", "").breaks("S22").caughtBy("deferred.internal.OwnershipTests#anInterruptStays"),
			Fault.of("a handler is taken for a target that it no longer has").in(OWNERSHIP).replaces("""
					if (may.getAsBoolean()) {
						return true;
					}
					vacate();
					return false;""", """
					return true;""").breaks("S22").caughtBy("deferred.internal.OwnershipTests#notForAFormerTarget"),
			Fault.of("calls for another state run at once").in("deferred/internal/GateControl.java").replaces("""
					return required == null || isIn(required) || required.otherwise() == InState.Otherwise.REJECT
							|| this.gate.isOver() || isTooLate();""", """
					return true;""").breaks("S22").caughtBy("spring.internal.StatefulHandlerTests#postponed"),
			Fault.of("calls for another state are not rejected").in("deferred/internal/GateControl.java").replaces("""
					if (required.otherwise() == InState.Otherwise.REJECT || this.gate.isOver()) {""", """
					if (false) {""").breaks("S22").caughtBy("spring.internal.StatefulHandlerTests#rejected"),
			Fault.of("a handler with a loop stays open when the loop has returned")
				.in(OWNER)
				.removes("""
						this.phases.closeUnlessRejecting();""")
				.breaks("D36")
				.hangs()
				.caughtBy("deferred.ProcessingTests#loopsThatReturn"),
			Fault.of("a loop that dies takes its callers with it")
				.in(OWNER)
				.removes("""
						this.ending.end(failure);""")
				.breaks("D16")
				.hangs()
				.caughtBy("deferred.ProcessingTests#loopsThatDie"),
			Fault.of("a handler without calls keeps its thread").in(OWNER).replaces("""
					this.resting = true;
					this.mailbox.wake();""", """
					this.mailbox.wake();""").breaks("D41").caughtBy("deferred.internal.RestTests#idleHandlersRest"),
			Fault.of("accepted work is rejected while its scheduler drains")
				.in(PHASES)
				.replaces("""
						return now != Phase.OPEN && !(now == Phase.REJECTING && isInside());""", """
						return now != Phase.OPEN;""")
				.breaks("D31")
				.caughtBy("deferred.ShutdownTests#drainingHandlersServeEachOther"),
			Fault.of("a handler forgets what its loop died of").in(PHASES).removes("""
					this.death = reason;""").breaks("D16").caughtBy("deferred.ProcessingTests#loopsThatDie"),
			Fault.of("a handler that ends leaves queued callers waiting")
				.in("deferred/internal/HandlerEnding.java")
				.replaces("""
						boolean reported = this.phases.end(reason);
						leaveQueued();""", """
						boolean reported = this.phases.end(reason);""")
				.breaks("D31")
				.caughtBy("deferred.CloseTests#tooLate"),
			Fault.of("a handler that is stopped leaves the caller of its running body waiting").in(LIFE).removes("""
					this.ending.leaveRunning();""").breaks("D31").caughtBy("deferred.CloseTests#tooLate"),
			Fault.of("a stop waits for the body that it is called by").in(LIFE).replaces("""
					if (isInOwnBody() || (thread != null""", """
					if ((thread != null""").breaks("D16").caughtBy("deferred.CloseTests#closesItself"),
			Fault.of("a shutdown does not wait for queued calls")
				.in("deferred/internal/HandlerActivity.java")
				.replaces(
						"""
								return this.mailbox.size() == 0 && (loop == null || !loop.isUnderWay()) && !this.handler.work().isRead()""",
						"""
								return (loop == null || !loop.isUnderWay()) && !this.handler.work().isRead()""")
				.breaks("D31")
				.caughtBy("deferred.internal.RestTests#reservedCallsKeepHandlersAwake"),
			Fault.of("a loop is restarted without end").in("deferred/internal/Restarts.java").replaces("""
					if (this.times.size() >= this.policy.limit()) {
						return null;
					}""", "").breaks("D33").caughtBy("deferred.internal.RestartsTests#backOffDoubles"),
			Fault.of("the back-off of a loop outlasts the shutdown").in("deferred/internal/UserLoop.java").replaces("""
					while (left > 0 && !this.closing.getAsBoolean()) {""", """
					while (left > 0) {""").breaks("D33").caughtBy("deferred.RestartTests#shutdownInTheBackOff"));

	private HandlerFaults() {
	}

}
