package io.greenroom.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What one benchmark, or one line of a program that measures, has shown: a value for each
 * fork.
 *
 * @param id names the benchmark and its parameters, see {@link BenchmarkId}
 * @param unit of the values, such as {@code ns} or {@code B}
 * @param forks the median of each fork, in the order in which they ran
 */
public record Figure(String id, String unit, List<Double> forks) {

	private static final String MARK = "FIGURE";

	public Figure {
		forks = List.copyOf(forks);
		if (forks.isEmpty()) {
			throw new IllegalArgumentException("%s has no value".formatted(id));
		}
	}

	/**
	 * Prints a value, so that {@link Figures} finds it in the output of a program.
	 * @param id the figure's id
	 * @param value its value in this JVM
	 * @param unit its unit
	 */
	public static void print(String id, double value, String unit) {
		System.out.printf(Locale.ROOT, "%s\t%s\t%s\t%s%n", MARK, BenchmarkId.of(id), value, unit);
	}

	/** Reads a line of a program's output, which may be anything. */
	static Optional<Figure> printed(String line) {
		String[] parts = line.split("\t");
		return (parts.length == 4 && parts[0].equals(MARK))
				? Optional.of(new Figure(parts[1], parts[3], List.of(Double.parseDouble(parts[2])))) : Optional.empty();
	}

	/** Returns this figure with the forks of another one of the same id. */
	Figure and(Figure later) {
		if (!later.id.equals(this.id) || !later.unit.equals(this.unit)) {
			throw new IllegalArgumentException(
					"%s in %s is not %s in %s".formatted(later.id, later.unit, this.id, this.unit));
		}
		List<Double> all = new ArrayList<>(this.forks);
		all.addAll(later.forks);
		return new Figure(this.id, this.unit, all);
	}

	double median() {
		return median(this.forks);
	}

	/** Returns the middle value, or the mean of the two in the middle. */
	static double median(List<Double> values) {
		List<Double> sorted = values.stream().sorted().toList();
		int middle = sorted.size() / 2;
		return (sorted.size() % 2 == 1) ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
	}

}
