package io.greenroom.faults;

import java.util.List;

/** Faults of green threads, groups, scopes, mappings, drains, servers and carriers. */
final class ThreadFaults {

	private static final String THREAD = "green/GreenThread.java";

	private static final String CHILDREN = "green/ChildThreads.java";

	private static final String CARRIERS = "watch/internal/SpareCarriers.java";

	static final List<Fault> ALL = List.of(
			Fault.of("the end of a body does not wait for a kill that is under way").in(THREAD).replaces("""
					if (seen == INTERRUPTING) {
						Thread.onSpinWait();
						Thread.yield();
					}
					else if""", """
					if""").breaks("G04").caughtBy("green.KillTests#theEndWaitsForTheKill"),
			Fault.of("links run with the interrupt of the kill").in(THREAD).replaces("""
					if (killed) {
						// The links run next, on this thread, and none of them was meant.
						Thread.interrupted();
					}""", "").breaks("G04").caughtBy("green.KillTests#linksAreNotInterrupted"),
			Fault.of("a thread that was killed before its start runs").in(THREAD).replaces("""
					case NEW, STARTED -> {
						if (PHASE.compareAndSet(this, seen, ENDING)) {
							end(null, cause);
							return;
						}
					}""", """
					case NEW, STARTED -> {
						return;
					}""").breaks("G04").caughtBy("green.GreenThreadTests#killBeforeStart"),
			Fault.of("the killer's own exception is dropped")
				.in(THREAD)
				.replaces("""
						thrown = passedThrough ? becauseKilled(thrown) : insteadOfKilled(thrown);""", """
						thrown = passedThrough ? thrown : insteadOfKilled(thrown);""")
				.breaks("G05")
				.caughtBy("green.GreenThreadTests#killWithCause"),
			Fault.of("a member that joins during the kill of its group lives on").in(CHILDREN).replaces("""
					boolean killed = (this.kills > 0);""", """
					boolean killed = false;""").breaks("G32").caughtBy("green.GreenGroupTests#killReachesLateMembers"),
			Fault.of("a group remembers its ended members").in(CHILDREN).replaces("""
					thread.linkQuietly(this::forget);""", """
					thread.linkQuietly((ended) -> {
					});""").breaks("G32").caughtBy("green.GreenGroupTests#forgetsTheEnded"),
			Fault.of("a member that could not be started stays").in(CHILDREN).replaces("""
					discard(thread);
					forgive(rejected);
					throw rejected;""", """
					throw rejected;""").breaks("G32").caughtBy("green.GreenGroupTests#aMemberThatCannotStartIsNone"),
			Fault.of("a mapping forgets a thread that it started while it was killed")
				.in("green/Mapping.java")
				.removes("""
						// The mapping was killed before this thread was known.
						thread.kill();""")
				.breaks("P19")
				.caughtBy("green.MappingKillTests#aThreadThatStartsDuringTheKill"),
			Fault.of("a reader goes to sleep on an end that came just before").in("green/Mapping.java").replaces("""
					if (this.reader != current) {
						checkMayWait();
						this.reader = current;
						return;
					}""", """
					if (this.reader != current) {
						checkMayWait();
						this.reader = current;
					}""").breaks("F17").hangs().caughtBy("green.MappingKillTests#anEndJustBeforeTheWait"),
			Fault.of("a client whose handler is killed before it begins keeps its connection")
				.in("green/io/GreenServer.java")
				.replaces("""
						thread.link((_) -> connection.close());""", "")
				.breaks("H11")
				.caughtBy("green.io.GreenServerFaultTests#killedBeforeItBegins"),
			Fault.of("a server that stops leaves its handlers")
				.in("green/io/GreenServer.java")
				.removes("""
						left.forEach(Connection::kill);""")
				.breaks("H11")
				.caughtBy("green.io.GreenServerTests#stopKillsWhatIsLeft"),
			Fault.of("carriers that compute count as held")
				.in(CARRIERS)
				.replaces("""
						return computed() - before < time / PART;""", """
						return computed() - before < Long.MAX_VALUE;""")
				.breaks("M12")
				.caughtBy("watch.internal.SpareCarriersTests#computing"),
			Fault.of("spare carriers stay when others are free")
				.in(CARRIERS)
				.replaces("""
						if (this.calm == CALM) {""", """
						if (this.calm < 0) {""")
				.breaks("M12")
				.caughtBy("watch.internal.SpareCarriersTests#heldForOneAnother"),
			Fault.of("a number of carriers that somebody else has set is set back")
				.in(CARRIERS)
				.replaces("""
						if (this.usual > 0 && this.carriers.getParallelism() == this.set) {""", """
						if (this.usual > 0) {""")
				.breaks("M12")
				.caughtBy("watch.internal.SpareCarriersTests#setBySomebodyElse"));

	private ThreadFaults() {
	}

}
