package io.greenroom.faults;

import java.util.List;

/** Faults of timeouts, alarms, events and queues. */
final class TimeFaults {

	private static final String NEST = "green/TimeoutNest.java";

	private static final String LATCH = "green/CompletionLatch.java";

	private static final String QUEUE = "green/GreenQueue.java";

	static final List<Fault> ALL = List.of(
			Fault.of("the alarm of a block that has ended stays set").in(NEST).replaces("""
					if (!this.expired) {
						cancel();
						return false;""", """
					if (!this.expired) {
						this.over = true;
						return false;""").breaks("T12").caughtBy("green.TimeoutTests#endedBlocksAreForgotten"),
			Fault.of("a block that has ended is interrupted later")
				.in(NEST)
				.replaces("""
						void cancel() {
							synchronized (TimeoutNest.this) {
								this.over = true;
								if (this.alarm != null) {
									this.alarm.run();
								}""", """
						void cancel() {
							synchronized (TimeoutNest.this) {""")
				.breaks("T01", "T04")
				.caughtBy("green.TimeoutTests#nothingFiresAfterTheBlock",
						"green.TimeoutTests#cancelledTimeoutDoesNotFire"),
			Fault.of("the interrupt of a timeout is left to the code after its block")
				.in(NEST)
				.replaces("""
						boolean flag = Thread.interrupted();""", """
						boolean flag = this.expired && TimeoutNest.this.thread.isInterrupted();""")
				.breaks("T12")
				.caughtBy("green.TimeoutTests#restoredFlagIsTidied"),
			Fault.of("a timeout takes another's interrupt along").in(NEST).replaces("""
					if (flag && isSomebodyElses()) {
						TimeoutNest.this.thread.interrupt();
					}""", "").breaks("T12").caughtBy("green.TimeoutTests#foreignInterruptPassesThrough"),
			Fault.of("an inner timeout swallows the outer one")
				.in(NEST)
				.replaces(
						"""
								boolean mine = !TimeoutNest.this.foreign && !outerExpired() && stemsFromInterrupt(thrown, flag);""",
						"""
								boolean mine = !TimeoutNest.this.foreign && stemsFromInterrupt(thrown, flag);""")
				.breaks("T07")
				.caughtBy("green.TimeoutTests#innerTimeoutDoesNotSwallowTheOuterWhenBothAreOver"),
			Fault.of("a caught timeout limits the blocks that follow").in(NEST).removes("""
					if (!this.thread.isInterrupted()) {
						// The block has caught the interrupt and went on, so that is settled.
						this.levels.forEach((outer) -> outer.taken = outer.expired);
					}""").breaks("T10").caughtBy("green.TimeoutTests#innerTimeoutWorksAfterACaughtOuterOne"),
			Fault.of("a failure of the block's own is taken for its timeout").in(NEST).replaces("""
					return found;""", """
					return true;""").breaks("T11").caughtBy("green.TimeoutTests#foreignFailurePassesThrough"),
			Fault.of("another timeout's exception is taken for the block's own").in(NEST).removes("""
					if (reason instanceof TimeoutExpiredException) {
						return false;
					}""").breaks("T09").caughtBy("green.TimeoutTests#innerErrorPassesTheOuterThatIsOverToo"),
			Fault.of("a timeout that was cancelled before its block fires").in("green/Timeout.java").removes("""
					if (this.cancelled) {
						level.cancel();
					}""").breaks("T04").caughtBy("green.TimeoutTests#cancelledTimeoutDoesNotFire"),
			Fault.of("an alarm that blocks holds up all others").in("green/internal/AlarmHands.java").replaces("""
					if (thread != null && now - this.seenAt >= PATIENCE) {""", """
					if (false) {""").breaks("F04").caughtBy("green.GreenTimerTests#keptAlarm"),
			Fault.of("clearing an event that is not set forgets who waits").in("green/GreenEvent.java").replaces("""
					if (seen.released()) {""", """
					if (true) {""").breaks("E01").caughtBy("green.GreenEventTests#clearWithoutSetForgetsNobody"),
			Fault.of("an event releases its waiters in the reverse order")
				.in(LATCH)
				.replaces("""
							older.above = first;
							first = older;
						}
						boolean anybody = false;
						for (Watcher<S> watcher = first; watcher != null; watcher = watcher.above) {""", """
						}
						boolean anybody = false;
						for (Watcher<S> watcher = first; watcher != null; watcher = watcher.next) {""")
				.breaks("G13")
				.caughtBy("green.GreenThreadTests#linksRunInOrder"),
			Fault.of("a link that was taken back is called").in(LATCH).replaces("""
					if (this.gone) {
						return;
					}""", "").breaks("G15").caughtBy("green.GreenThreadTests#linkRemovedByAnEarlierOne"),
			Fault.of("a getter that gave up takes an item")
				.in(QUEUE)
				.removes("""
						line.remove(waiter);""")
				.breaks("Q04")
				.caughtBy("green.GreenQueueTests#getterThatGaveUpEatsNothing"),
			Fault.of("a getter that dies takes its item along").in(QUEUE).replaces("""
					if (!Thread.currentThread().isInterrupted()) {
						return item;
					}""", """
					if (true) {
						return item;
					}""").breaks("Q05").caughtBy("green.GreenQueueTests#itemGivenBackGoesToTheHead"),
			Fault.of("an item that its getter gives back goes to the end")
				.in(QUEUE)
				.replaces("""
						this.items.addFirst(item);""", """
						this.items.addLast(item);""")
				.breaks("Q05")
				.caughtBy("green.GreenQueueTests#itemGivenBackGoesToTheHead"),
			Fault.of("a get lets no blocked putter in").in(QUEUE).replaces("""
					if (item != null && this.items.size() < this.capacity) {""", """
					if (false) {""").breaks("Q02").caughtBy("green.GreenQueueTests#producerStopsWhenFull"),
			Fault.of("an item of a blocked putter does not count").in(QUEUE).replaces("""
					if (putter != null) {
						count();""", """
					if (putter != null) {""").breaks("Q09").caughtBy("green.GreenQueueTests#everyItemCounts"),
			Fault.of("items discarded by an immediate close stay unfinished").in(QUEUE).removes("""
					uncount(left.size());""").breaks("Q10").caughtBy("green.GreenQueueTests#closeNowWakesEveryone"),
			Fault.of("a close leaves blocked getters waiting")
				.in(QUEUE)
				.removes("""
						rejectAll(this.getters);""")
				.breaks("Q10")
				.hangs()
				.caughtBy("green.GreenQueueTests#closingWakesGetters"),
			Fault.of("a waiter taken out of the middle breaks the line").in("green/WaitQueue.java").replaces("""
					waiter.after.before = waiter.before;""", """
					waiter.after.before = null;""").breaks("Q12").caughtBy("green.WaitQueueTests#leavesFromTheMiddle"));

	private TimeFaults() {
	}

}
