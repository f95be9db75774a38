package io.greenroom.figures;

import java.util.List;

/**
 * What a comparison is held to.
 *
 * @param of what of the two figures is judged
 * @param most whether the limit is an upper one
 * @param limit the limit
 * @param unit of the limit; empty for a ratio
 */
record Goal(Of of, boolean most, double limit, String unit) {

	static Goal atMost(double ratio) {
		return new Goal(Of.RATIO, true, ratio, "");
	}

	static Goal atLeast(double ratio) {
		return new Goal(Of.RATIO, false, ratio, "");
	}

	/** Our figure is to exceed the other by no more than this. */
	static Goal overBy(double limit, String unit) {
		return new Goal(Of.DIFFERENCE, true, limit, unit);
	}

	/** Our figure by itself is to be no larger. */
	static Goal upTo(double limit, String unit) {
		return new Goal(Of.VALUE, true, limit, unit);
	}

	/**
	 * Judges by the median, and says if forks differ from it. One fork of some short
	 * iterations is not judged: a figure may be twice what it is once all is compiled.
	 */
	String verdict(Form form, double median, List<Double> forks) {
		if (form == Form.SHORT) {
			return "not judged";
		}
		boolean met = isMet(median);
		long others = forks.stream().filter((value) -> isMet(value) != met).count();
		if (met) {
			return (others == 0) ? "met" : "met, but not by %d of %d forks".formatted(others, forks.size());
		}
		return (others == 0) ? "**missed**" : "**missed**, but met by %d of %d forks".formatted(others, forks.size());
	}

	private boolean isMet(double value) {
		return this.most ? value <= this.limit : value >= this.limit;
	}

	@Override
	public String toString() {
		String sign = this.most ? "≤ " : "≥ ";
		return switch (this.of) {
			case RATIO -> sign + Amount.plain(this.limit);
			case DIFFERENCE -> sign + "+" + Amount.text(this.limit, this.unit);
			case VALUE -> sign + Amount.text(this.limit, this.unit);
		};
	}

	/** What is judged. */
	enum Of {

		/** Our figure divided by the other. */
		RATIO,

		/** Our figure minus the other. */
		DIFFERENCE,

		/** Our figure. */
		VALUE;

		double apply(double ours, double its) {
			return switch (this) {
				case RATIO -> ours / its;
				case DIFFERENCE -> ours - its;
				case VALUE -> ours;
			};
		}

	}

}
