package io.greenroom.figures;

import java.util.Locale;

/** How thoroughly the benchmarks are run. */
enum Form {

	/**
	 * One fork of some short iterations, of what needs no server: five minutes in all.
	 */
	SHORT(1, "-wi 2 -w 200ms -i 3 -r 200ms"),

	/** What a figure that is published takes. */
	LONG(3, "-wi 3 -w 1 -i 3 -r 1");

	private final int forks;

	private final String options;

	Form(int forks, String options) {
		this.forks = forks;
		this.options = options;
	}

	/** Returns how many JVMs measure each benchmark, one after the other. */
	int forks() {
		return this.forks;
	}

	/** Returns JMH's options, unless a table has its own. */
	String options() {
		return this.options;
	}

	String argument() {
		return name().toLowerCase(Locale.ROOT);
	}

}
