package io.greenroom.green.worker;

/**
 * The time in which a thread {@linkplain Worker#lead() leads} a worker. Ends when it is
 * closed.
 */
@FunctionalInterface
public interface Lead extends AutoCloseable {

	/** Stops leading. Idempotent. */
	@Override
	void close();

}
