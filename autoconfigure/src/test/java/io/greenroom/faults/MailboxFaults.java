package io.greenroom.faults;

import java.util.List;

/** Faults of a mailbox, its lines and its room. */
final class MailboxFaults {

	private static final String MAILBOX = "deferred/internal/Mailbox.java";

	private static final String FIFO = "deferred/internal/CallFifo.java";

	private static final String CAPACITY = "deferred/internal/MailboxCapacity.java";

	static final List<Fault> ALL = List.of(
			Fault.of("a call does not wake a processor that sleeps").in(MAILBOX).replaces("""
					if (seen == IDLE || isAsleepInTurn()) {""", """
					if (false) {""").breaks("D06").caughtBy("deferred.internal.MailboxTests#wakesTheProcessor"),
			Fault.of("a call that a closed mailbox turns down keeps its room").in(MAILBOX).replaces("""
					if (seen == CLOSED) {
						this.room.giveBack();""", """
					if (seen == CLOSED) {""").breaks("D20").caughtBy("deferred.internal.MailboxTests#staysClosed"),
			Fault.of("a processor that gathers opens a closed mailbox again")
				.in(MAILBOX)
				.replaces("""
						while (seen != null && seen != CLOSED && seen != UNATTENDED""", """
						while (seen != null && seen != UNATTENDED""")
				.breaks("D20")
				.caughtBy("deferred.internal.MailboxTests#staysClosed"),
			Fault.of("a processor that gathers takes an unattended mailbox for an attended one")
				.in(MAILBOX)
				.replaces("""
						while (seen != null && seen != CLOSED && seen != UNATTENDED""", """
						while (seen != null && seen != CLOSED""")
				.breaks("D41")
				.caughtBy("deferred.internal.MailboxTests#staysUnattended"),
			Fault.of("a processor leaves although room is reserved for a call to come")
				.in(MAILBOX)
				.replaces("""
						if (size() > 0) {
							attended();
							return false;
						}
						this.processor = null;""", """
						this.processor = null;""")
				.breaks("D30")
				.caughtBy("deferred.internal.MailboxTests#reservedRoomKeepsTheProcessor"),
			Fault.of("a mailbox without a processor is left although room is reserved").in(MAILBOX).replaces("""
					if (size() > 0 || !TOP.compareAndSet(this.words, null, UNATTENDED)) {
						return false;
					}
					if (size() > 0) {
						attended();
						return false;
					}""", """
					if (!TOP.compareAndSet(this.words, null, UNATTENDED)) {
						return false;
					}""").breaks("D30").caughtBy("deferred.internal.MailboxTests#reservedRoomKeepsTheProcessor"),
			Fault.of("a close passes on only what was gathered").in(MAILBOX).replaces("""
					for (Call call = oldestFirst; call != null; call = call.next) {
						left.accept(call);
					}""", "").breaks("D20").caughtBy("deferred.internal.MailboxTests#closeTellsAll"),
			Fault.of("a close forgets what was gathered").in(MAILBOX).removes("""
					this.line.forEach(left);""").breaks("D20").caughtBy("deferred.internal.MailboxTests#closeTellsAll"),
			Fault.of("gathered calls are numbered from the newest").in(MAILBOX).replaces("""
						stack.next = first;
						first = stack;
						stack = below;
					}
					Call oldest = Objects.requireNonNull(first);""", """
						first = stack;
						stack = below;
					}
					first = newest;
					Call oldest = newest;
					while (newest.next != null) {
						newest = newest.next;
					}""").breaks("D08").caughtBy("deferred.DeferredTests#callsFromOneThreadKeepTheirOrder"),
			Fault.of("urgent calls starve ordinary ones").in(MAILBOX).replaces("""
					if (!ordinaryWaits || this.urgentInRow < URGENT_IN_A_ROW) {""", """
					if (true) {""").breaks("D34").caughtBy("deferred.PriorityTests#ordinaryCallsAreNotStarved"),
			Fault.of("a call that is taken keeps its room").in(MAILBOX).removes("""
					if (call != null) {
						this.room.give();
					}""").breaks("D25").caughtBy("deferred.internal.MailboxTests#roomComesBack"),
			Fault.of("a filter looks past the place up to which it is to look")
				.in(FIFO)
				.replaces("""
						for (Call call = this.chain.head; call != null && call.order - upTo <= 0; call = call.next) {
							if (!call.isPending() || filter.test(call)) {""", """
						for (Call call = this.chain.head; call != null; call = call.next) {
							if (!call.isPending() || filter.test(call)) {""")
				.breaks("D23")
				.caughtBy("deferred.ProcessingTests#laterCallsWait"),
			Fault.of("the last call taken out of the middle stays the tail of its line").in(FIFO).removes("""
					if (after == null) {
						this.chain.tail = before;
					}""").breaks("D11").caughtBy("deferred.ProcessingTests#filtersKeepTheRest"),
			Fault.of("a withdrawn call that no filter matches keeps its room")
				.in(FIFO)
				.replaces("""
						if (!call.isPending() || filter.test(call)) {
							unlink(before, call);""", """
						if (filter.test(call)) {
							unlink(before, call);""")
				.breaks("D11", "D25")
				.caughtBy("deferred.internal.MailboxTests#withdrawnCallsAreSkipped"),
			Fault.of("places are given past those who wait for them")
				.in(CAPACITY)
				.replaces("""
						int most = this.words.went + this.capacity - this.waiting.get();""", """
						int most = this.words.went + this.capacity;""")
				.breaks("D25")
				.caughtBy("deferred.internal.MailboxCapacityTests#placesAreKept"),
			Fault.of("whoever leaves the line for room does not wake the next")
				.in(CAPACITY)
				.replaces("""
						this.line.remove(mine);
						this.waiting.decrementAndGet();
						wakeFirst();""", """
						this.line.remove(mine);
						this.waiting.decrementAndGet();""")
				.breaks("D25")
				.caughtBy("deferred.internal.MailboxCapacityTests#leavingWakesTheNext"),
			Fault.of("whoever leaves the line for room stays counted")
				.in(CAPACITY)
				.replaces("""
						this.line.remove(mine);
						this.waiting.decrementAndGet();""", """
						this.line.remove(mine);""")
				.breaks("D25")
				.caughtBy("deferred.internal.MailboxCapacityTests#placesAreKept"),
			Fault.of("an interrupt does not end a wait for room").in(CAPACITY).removes("""
					if (Thread.interrupted()) {
						throw new InterruptedException();
					}""").breaks("D27").hangs().caughtBy("deferred.internal.MailboxCapacityTests#interruptsEndWaits"),
			Fault.of("a wait for room goes on when its call has failed")
				.in(CAPACITY)
				.replaces("""
						return this.deadline - now <= 0 || !this.call.isPending();""", """
						return this.deadline - now <= 0;""")
				.breaks("D19")
				.hangs()
				.caughtBy("deferred.internal.MailboxCapacityTests#failedCallsStopWaiting"),
			Fault.of("a caller that waits for room is not asked whether it may go on waiting")
				.in(CAPACITY)
				.replaces("""
						while (!rejected.getAsBoolean()) {""", """
						while (!rejected.getAsBoolean() || true) {""")
				.breaks("D20")
				.hangs()
				.caughtBy("deferred.CloseTests#waitersForRoom"),
			Fault.of("a call in a worker waits until somebody outside has woken the processor")
				.in(MAILBOX)
				.replaces("if (seen == IDLE || isAsleepInTurn()) {", "if (seen == IDLE) {")
				.breaks("U01")
				.caughtBy("deferred.internal.MailboxTests#wakesForOthers"),
			Fault.of("one place more is given than there is")
				.in(CAPACITY)
				.replaces("""
						while (seen - this.words.went < this.capacity) {""", """
						while (seen - this.words.went <= this.capacity) {""")
				.breaks("D25")
				.caughtBy("deferred.internal.MailboxCapacityTests#neverTooMany"),
			Fault.of("dropping the oldest call does not tell that it is over")
				.in("deferred/internal/DroppingMailbox.java")
				.removes("""
						if (oldest != null) {
							oldest.leave(false);
						}""")
				.breaks("D25")
				.caughtBy("deferred.internal.MailboxTests#droppedCallsAreOver"));

	private MailboxFaults() {
	}

}
