package io.greenroom.green;

import java.util.Iterator;

import org.jspecify.annotations.Nullable;

/**
 * Results that are read while others are still being computed. Reading blocks until the
 * next result is available, and {@link #hasNext()} blocks until it is known whether there
 * is one. The failure of an item is thrown in its place, as the same throwable that its
 * body threw, and reading can go on after it; {@link GreenThread#get()} shows how to
 * catch a checked exception. An interrupt of the reader is thrown as
 * {@link InterruptedException}, although the signature does not declare it.
 * <p>
 * Must be read by one thread at a time. Close it if you stop early.
 *
 * @param <R> the type of the results
 */
public interface GreenResults<R> extends Iterator<@Nullable R>, AutoCloseable {

	/**
	 * Kills the threads that still work and the thread that reads the items, and does not
	 * wait for them. May be called by any thread; it ends a reader's wait. Idempotent.
	 */
	@Override
	void close();

}
