package io.greenroom.green;

import java.util.List;

/**
 * What a drain found.
 *
 * @param finished how many green threads ended by themselves while it waited
 * @param killed the names of the threads that were killed when the time was over
 * @param stuck the names of the threads that did not end even then, and of services that
 * did not stop in time
 * @param work what became of the work that services had accepted
 */
public record DrainReport(int finished, List<String> killed, List<String> stuck, WorkReport work) {

	/** The report of a drain that found nothing to do. */
	static final DrainReport NOTHING = new DrainReport(0, List.of(), List.of(), new WorkReport(0, 0, List.of()));

	/** Copies the lists. */
	public DrainReport {
		killed = List.copyOf(killed);
		stuck = List.copyOf(stuck);
	}

}
