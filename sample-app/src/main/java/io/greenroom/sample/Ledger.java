package io.greenroom.sample;

/** The slow part of a report, which represents a database that two readers keep busy. */
@FunctionalInterface
interface Ledger {

	/**
	 * Reads the books, in plain blocking code.
	 * @return how many wanted to read when this reader came, including it
	 * @throws InterruptedException if the reader is interrupted
	 */
	int read() throws InterruptedException;

}
