package io.greenroom.green;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.NoSuchElementException;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/** Results in the order of their items. */
final class OrderedResults<R> implements GreenResults<R> {

	private final Queue<GreenThread<R>> threads;

	OrderedResults(Collection<GreenThread<R>> threads) {
		this.threads = new ArrayDeque<>(threads);
	}

	@Override
	public boolean hasNext() {
		return !this.threads.isEmpty();
	}

	@Override
	public @Nullable R next() {
		GreenThread<R> next = this.threads.element();
		try {
			next.join();
			this.threads.remove();
			return next.get();
		}
		catch (InterruptedException ex) {
			throw GreenThread.<RuntimeException>rethrow(ex);
		}
	}

	@Override
	public void close() {
		this.threads.forEach(GreenThread::kill);
		this.threads.clear();
	}

}
