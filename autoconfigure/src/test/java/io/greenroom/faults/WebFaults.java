package io.greenroom.faults;

import java.util.List;

/** Faults of requests: slots, the hop, and the watch over bodies. */
final class WebFaults {

	private static final String FLIGHT = "web/internal/Flight.java";

	private static final String GATE = "web/internal/HopGate.java";

	private static final String COUNTDOWN = "web/internal/Countdown.java";

	static final List<Fault> ALL = List.of(
			Fault.of("an interrupt is forgotten while waiting for a slot")
				.in("web/internal/ControllerPool.java")
				.replaces("""
						catch (InterruptedException ex) {
							Thread.currentThread().interrupt();
							throw reject(ex);""", """
						catch (InterruptedException ex) {
							throw reject(ex);""")
				.breaks("H05")
				.caughtBy("web.internal.RequestAdmissionTests#interruptedInLine"),
			Fault.of("a client that has gone keeps its slot").in("web/internal/RequestAdmission.java").replaces("""
					slot.close();
					throw failure;""", """
					throw failure;""").breaks("H07").caughtBy("web.internal.RequestAdmissionTests#leavesItsSlot"),
			Fault.of("a client that did not wait is looked after")
				.in("web/internal/RequestAdmission.java")
				.replaces("""
						boolean queued = !reservation.isReady();""", """
						boolean queued = true;""")
				.breaks("H07")
				.caughtBy("web.internal.RequestAdmissionTests#nobodyLooksAfterWhoDidNotWait"),
			Fault.of("a request hops before the server's thread has left").in(GATE).replaces("""
					void then(Departure departure) {
						this.next = departure;""", """
					void then(Departure departure) {
						departure.go();""").breaks("H14").caughtBy("web.internal.HopGateTests#leavesFirst"),
			Fault.of("a request hops although a filter has failed").in(GATE).replaces("""
						if (!left) {
							exit.abandon();
						}
					}
					exit.leave();""", """
					exit.leave();
					}""").breaks("H07", "H14").caughtBy("web.internal.HopGateTests#failedFilters"),
			Fault.of("a request that does not hop after a failed filter keeps its slot").in(GATE).removes("""
					if (!left) {
						exit.abandon();
					}""").breaks("H07").caughtBy("web.internal.HopGateTests#failedFilters"),
			Fault.of("the server ends a request while its controller has it").in(FLIGHT).replaces("""
					try {
						this.down.await();
					}
					catch (InterruptedException stopping) {
						awaitDown(LAST_SECONDS);
						Thread.currentThread().interrupt();
					}""", "").breaks("H14").caughtBy("web.internal.ArrivalsTests#abortWaits"),
			Fault.of("a controller is not interrupted when the server ends its request").in(FLIGHT).replaces("""
					if (this.task != null) {
						this.task.cancel(true);
					}""", "").breaks("H14").caughtBy("web.internal.FlightTests#theControllerIsInterrupted"),
			Fault.of("a slot that comes to a flight that is over is kept").in(FLIGHT).replaces("""
					synchronized boolean hold(SlotLease lease) {
						if (!this.over) {
							this.held = lease;
						}
						return !this.over;""", """
					synchronized boolean hold(SlotLease lease) {
						this.held = lease;
						return true;""").breaks("H07").caughtBy("web.internal.FlightTests#nothingIsHeldAfterTheEnd"),
			Fault.of("callbacks of a request run twice")
				.in(FLIGHT)
				.replaces("""
						RequestAttributes.SCOPE_REQUEST));
						this.callbacks.clear();""", """
						RequestAttributes.SCOPE_REQUEST));""")
				.breaks("H21")
				.caughtBy("web.internal.FlightTests#callbacksRunOnce"),
			Fault.of("time between reads counts").in(COUNTDOWN).replaces("""
					if (this.state == State.WATCHING && --this.depth == 0) {
						this.used += this.scheduler.nanoTime() - this.since;
					}""", "").breaks("H13").caughtBy("web.internal.BodyWatchTests#betweenReads"),
			Fault.of("short reads do not add up")
				.in(COUNTDOWN)
				.replaces("""
						this.used += this.scheduler.nanoTime() - this.since;""", "")
				.breaks("H13")
				.caughtBy("web.internal.BodyWatchTests#addUp"),
			Fault.of("a request that is complete loses its slot later").in(COUNTDOWN).removes("""
					if (this.state == State.WATCHING) {
						this.state = State.OVER;
					}""").breaks("H13").caughtBy("web.internal.BodyWatchTests#unwatched"));

	private WebFaults() {
	}

}
