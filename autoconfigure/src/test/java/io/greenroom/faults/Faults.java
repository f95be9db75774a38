package io.greenroom.faults;

import java.util.List;
import java.util.stream.Stream;

/**
 * All planted faults. Each is a mistake that somebody could make, and that a guarantee
 * forbids. To add one, describe it in the list of its part, and run {@link PlantedFaults}
 * with its name.
 */
final class Faults {

	private Faults() {
	}

	static List<Fault> all() {
		return Stream
			.of(MailboxFaults.ALL, CallFaults.ALL, HandlerFaults.ALL, PoolFaults.ALL, TimeFaults.ALL, ThreadFaults.ALL,
					MachineFaults.ALL, WorkerFaults.ALL, WebFaults.ALL)
			.flatMap(List::stream)
			.toList();
	}

}
