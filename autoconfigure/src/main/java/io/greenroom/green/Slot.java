package io.greenroom.green;

/**
 * The right to work in a {@link GreenPool}. May be returned by another thread than the
 * one that took it.
 */
public sealed interface Slot extends AutoCloseable permits PoolSlot {

	/** Returns the slot, to the next in line if there is one. Idempotent. */
	@Override
	void close();

}
