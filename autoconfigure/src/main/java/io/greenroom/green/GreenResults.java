package io.greenroom.green;

import java.util.Iterator;

import org.jspecify.annotations.Nullable;

/**
 * Results that are read while others are still being worked on. Reading blocks until the
 * next one is there; {@link #hasNext()} blocks until that is known. The failure of an
 * item is thrown in its place, the same object as its body threw, checked or not, which
 * {@link GreenThread#get()} says how to catch; reading can go on after it. An interrupt
 * of the reader is thrown as {@link InterruptedException}, which no signature shows here
 * either.
 * <p>
 * To be read by one thread at a time. Close it when you stop early.
 *
 * @param <R> the type of the results
 */
public interface GreenResults<R> extends Iterator<@Nullable R>, AutoCloseable {

	/**
	 * Kills those still at work, and who reads the items, and does not wait for them. May
	 * be called by any thread; a reader's wait ends. Idempotent.
	 */
	@Override
	void close();

}
