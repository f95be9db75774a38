package io.greenroom.sample;

/** The slow part of a report, which represents a database that two readers keep busy. */
@FunctionalInterface
interface Ledger {

	/**
	 * Reads the books, in plain blocking code.
	 * @throws InterruptedException if the reader is interrupted
	 */
	void read() throws InterruptedException;

}
