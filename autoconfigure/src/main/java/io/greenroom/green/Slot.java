package io.greenroom.green;

/**
 * The right to run in a {@link GreenPool}. May be returned by a thread other than the one
 * that took it.
 */
public sealed interface Slot extends AutoCloseable permits PoolSlot {

	/** Returns the slot, which goes to the next in line if there is one. Idempotent. */
	@Override
	void close();

}
