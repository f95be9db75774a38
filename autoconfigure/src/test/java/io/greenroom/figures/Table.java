package io.greenroom.figures;

import java.util.List;
import java.util.Map;

/** A part of the page that is written from results. */
sealed interface Table permits Comparison, Growth {

	/** Returns what its markers in the page and its results are called. */
	String name();

	/** Returns JMH's options in a form. */
	default String options(Form form) {
		return form.options();
	}

	/** Returns the benchmarks that it shows in a form; none if the form leaves it out. */
	List<BenchmarkId> ids(Form form);

	/**
	 * Returns its Markdown.
	 * @throws IllegalStateException if a result is missing
	 */
	String markdown(Results results);

	/** Returns the pictures that its Markdown shows, by the names of their files. */
	default Map<String, String> pictures(Results results) {
		return Map.of();
	}

}
