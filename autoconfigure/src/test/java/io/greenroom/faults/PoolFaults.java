package io.greenroom.faults;

import java.util.List;

/** Faults of pools: admission, slots, ends, mappings. */
final class PoolFaults {

	private static final String ADMISSION = "green/Admission.java";

	private static final String SLOT = "green/PoolSlot.java";

	static final List<Fault> ALL = List.of(
			Fault.of("a place that joins the line does not look for a slot that has come back since")
				.in(ADMISSION)
				.removes("""
						if (take()) {
							handOn();
						}""")
				.breaks("P03")
				.caughtBy("green.AdmissionTests#aSlotComesBackWhileAPlaceJoins"),
			Fault.of("a slot that comes back does not look for a place that has joined since")
				.in(ADMISSION)
				.replaces("""
						if (this.line.isEmpty() || !take()) {
							return;
						}""", """
						return;""")
				.breaks("P03")
				.caughtBy("green.AdmissionTests#aPlaceJoinsWhileASlotComesBack"),
			Fault.of("a newcomer overtakes the line").in(ADMISSION).replaces("""
					if (this.queued.get() != 0 || !take()) {""", """
					if (!take()) {""").breaks("P21").caughtBy("green.AdmissionTests#newcomersDoNotOvertake"),
			Fault.of("one place more stands in the line than it has room for")
				.in(ADMISSION)
				.replaces("""
						if (bounded && seen >= this.capacity) {""", """
						if (bounded && seen > this.capacity) {""")
				.breaks("P01")
				.caughtBy("green.GreenPoolTests#rejectsPastTheQueue"),
			Fault.of("one task more runs than the pool has slots").in(ADMISSION).replaces("""
					if (seen >= this.limit) {""", """
					if (seen > this.limit) {""").breaks("P01").caughtBy("green.GreenPoolTests#queuesPastItsSize"),
			Fault.of("a pool that has shrunk hands its surplus slots on")
				.in(ADMISSION)
				.replaces("""
						PoolSlot next = (this.active.get() > this.limit) ? null : this.line.poll();""", """
						PoolSlot next = this.line.poll();""")
				.breaks("H10")
				.caughtBy("green.AdmissionTests#surplusSlotsEnd"),
			Fault.of("a pool that has grown leaves the line waiting").in(ADMISSION).removes("""
					while (!this.line.isEmpty() && take()) {
						handOn();
					}""").breaks("H10").caughtBy("green.AdmissionTests#aGrownPoolServesTheLine"),
			Fault.of("a slot is lost with a place that was given up").in(ADMISSION).replaces("""
					if (next.accept()) {
						return;
					}
					continue;""", """
					next.accept();
					return;""").breaks("P03").caughtBy("green.AdmissionTests#aPlaceThatWasGivenUpTakesNoSlot"),
			Fault.of("a place that was given up stays counted").in(ADMISSION).replaces("""
					if (this.line.remove(place)) {
						this.queued.decrementAndGet();
					}""", """
					this.line.remove(place);""").breaks("P03").caughtBy("green.GreenPoolTests#interruptLeavesTheLine"),
			Fault.of("places that a close has rejected stay counted").in(ADMISSION).replaces("""
					this.queued.decrementAndGet();
					next.reject();""", """
					next.reject();""").breaks("P23").caughtBy("green.AdmissionTests#aRejectedLineIsEmpty"),
			Fault.of("a task that starts while its pool is killed escapes").in(SLOT).removes("""
					if (this.pool.isKilled()) {
						// The killer may have looked for tasks before this one was there.
						task.killAsTask();
					}""").breaks("P17").caughtBy("green.PoolKillTests#aTaskThatStartsIsKilled"),
			Fault.of("a task begins in a pool that was killed").in(SLOT).removes("""
					if (this.pool.isKilled()) {
						throw task.reject(this.pool.reports().closed());
					}""").breaks("P17").caughtBy("green.PoolKillTests#noTaskStartsAfterTheKill"),
			Fault.of("a slot is not handed on").in(SLOT).replaces("""
					finally {
						this.pool.handOn();
					}""", """
					finally {
					}""").breaks("P02").hangs().caughtBy("green.GreenPoolTests#spawnBlocks"),
			Fault.of("a wait that is interrupted keeps its place")
				.in(SLOT)
				.replaces("""
						boolean awaitHeld(long nanos) throws InterruptedException {
							try {
								return awaitHeldOrFail(nanos);
							}
							catch (Throwable failure) {
								giveUp();""", """
						boolean awaitHeld(long nanos) throws InterruptedException {
							try {
								return awaitHeldOrFail(nanos);
							}
							catch (Throwable failure) {""")
				.breaks("P03")
				.caughtBy("green.GreenPoolTests#interruptLeavesTheLine"),
			Fault.of("a wait whose time is over keeps its place").in(SLOT).replaces("""
					else if (STATE.compareAndSet(this, WAITING, GONE)) {
						this.pool.leave(this);
						return false;""", """
					else if (STATE.compareAndSet(this, WAITING, GONE)) {
						return false;""").breaks("P03").caughtBy("green.GreenPoolTests#rejectsAtOnceOrAfterTheLimit"),
			Fault.of("the slot of a task that could not be started is lost")
				.in(SLOT)
				.replaces("""
						yield !this.leftOver;""", """
						yield true;""")
				.breaks("P03")
				.caughtBy("green.PoolKillTests#theSlotOfATaskThatCannotStartIsHandedOn"),
			Fault.of("the slot of a task that is killed while it starts is lost").in(SLOT).removes("""
					if (this.leftOver) {
						this.pool.handOn();
					}""").breaks("P17").caughtBy("green.PoolKillTests#aTaskKilledWhileItStartsReturnsItsSlot"),
			Fault.of("a member waits for a slot that it holds itself").in("green/GreenPool.java").replaces("""
					if (isMember()) {
						StackRoom.check();
						requireOpen();
						return runHere(body, null);
					}""", "").breaks("P24").caughtBy("green.GreenPoolMemberTests#submitFromAMember"),
			Fault.of("a place that was taken while the pool closed stays")
				.in("green/GreenPool.java")
				.replaces("""
						place.giveUp();
						throw this.reports.closed();""", """
						throw this.reports.closed();""")
				.breaks("P23")
				.caughtBy("green.PoolKillTests#aPlaceTakenDuringTheCloseIsGivenUp"),
			Fault.of("an interrupted apply leaves its task running").in("green/GreenPool.java").removes("""
					task.kill();""").breaks("P05").caughtBy("green.GreenPoolMemberTests#interruptedApply"));

	private PoolFaults() {
	}

}
