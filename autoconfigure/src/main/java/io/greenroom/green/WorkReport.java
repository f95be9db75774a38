package io.greenroom.green;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of the work that services had accepted when a drain began, or took from
 * inside while it lasted.
 *
 * @param ran how much of it ran to its end
 * @param withdrawn how much was taken back by those who had asked for it
 * @param left the names of what had not ended in time; threads waiting for it were told
 */
public record WorkReport(int ran, int withdrawn, List<String> left) {

	/** Copies the list. */
	public WorkReport {
		left = List.copyOf(left);
	}

	/**
	 * Returns the sum of what was accepted.
	 * @return what ran, was withdrawn or was left
	 */
	public int accepted() {
		return this.ran + this.withdrawn + this.left.size();
	}

	/**
	 * Returns the names of what was left, and how often each occurs. Keys are left out,
	 * so there are as many names as the program has, however many keys there are.
	 * @return the counts, in the order of the names
	 */
	public Map<String, Integer> leftByName() {
		Map<String, Integer> counts = new TreeMap<>();
		this.left.forEach((name) -> counts.merge(withoutKey(name), 1, Integer::sum));
		return counts;
	}

	private static String withoutKey(String name) {
		int begin = name.indexOf('[');
		int end = name.lastIndexOf(']');
		return (begin < 0 || end < begin) ? name : name.substring(0, begin) + name.substring(end + 1);
	}

	static WorkReport sum(Collection<? extends DrainedService> services) {
		int ran = 0;
		int withdrawn = 0;
		List<String> left = new ArrayList<>();
		for (DrainedService service : services) {
			WorkReport report = service.report();
			ran += report.ran;
			withdrawn += report.withdrawn;
			left.addAll(report.left);
		}
		return new WorkReport(ran, withdrawn, left);
	}

}
