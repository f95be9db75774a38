package io.greenroom.green;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of the work that services had accepted when a drain began, or accepted from
 * inside while it lasted.
 *
 * @param ran how much of it ran to its end
 * @param withdrawn how much was withdrawn by its callers
 * @param left the names of what had not ended in time; waiting threads were told
 */
public record WorkReport(int ran, int withdrawn, List<String> left) {

	/** Copies the list. */
	public WorkReport {
		left = List.copyOf(left);
	}

	/**
	 * Returns how much was accepted in total.
	 * @return what ran, was withdrawn or was left
	 */
	public int accepted() {
		return this.ran + this.withdrawn + this.left.size();
	}

	/**
	 * Returns the names of what was left, and how often each occurs. Names do not contain
	 * keys, so their number does not grow with the number of keys.
	 * @return the counts, sorted by name
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
