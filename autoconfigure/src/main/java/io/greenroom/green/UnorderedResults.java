package io.greenroom.green;

import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** Results in the order in which they become ready. */
final class UnorderedResults<R> implements GreenResults<R> {

	private final List<GreenThread<R>> threads;

	private final GreenWait<GreenThread<R>> wait;

	/** Confined to the reader. */
	private boolean closed;

	UnorderedResults(Collection<GreenThread<R>> threads) {
		this.threads = List.copyOf(threads);
		this.wait = GreenWait.on(threads);
	}

	@Override
	public boolean hasNext() {
		return !this.closed && this.wait.remaining() > 0;
	}

	@Override
	public @Nullable R next() {
		try {
			return this.wait.take().get();
		}
		catch (InterruptedException ex) {
			throw GreenThread.<RuntimeException>rethrow(ex);
		}
	}

	@Override
	public void close() {
		this.closed = true;
		this.wait.close();
		this.threads.forEach(GreenThread::kill);
	}

}
