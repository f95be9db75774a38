package io.greenroom.green;

import java.util.NoSuchElementException;

import org.jspecify.annotations.Nullable;

/** Results in the order of their items. */
final class OrderedResults<A, R> implements GreenResults<R> {

	private final Mapping<A, R> mapping;

	OrderedResults(Mapping<A, R> mapping) {
		this.mapping = mapping;
		mapping.begin();
	}

	@Override
	public boolean hasNext() {
		return this.mapping.begin();
	}

	@Override
	public @Nullable R next() {
		if (!this.mapping.beginForRead()) {
			throw new NoSuchElementException("There are no more results; ask hasNext() before the next next()");
		}
		if (!this.mapping.hasOpen()) {
			this.mapping.throwStop();
		}
		GreenThread<R> next = this.mapping.first();
		try {
			next.join();
			this.mapping.handOut(next);
			return next.get();
		}
		catch (InterruptedException ex) {
			throw GreenThread.<RuntimeException>rethrow(ex);
		}
	}

	@Override
	public void close() {
		this.mapping.kill();
	}

}
