package io.greenroom.green;

import java.util.NoSuchElementException;

import org.jspecify.annotations.Nullable;

/** The results of a mapping while they are read; which one is next, its kinds say. */
abstract class MappedResults<A, R> implements GreenResults<R> {

	private final Mapping<A, R> mapping;

	MappedResults(Mapping<A, R> mapping) {
		this.mapping = mapping;
		mapping.begin();
	}

	@Override
	public final boolean hasNext() {
		return this.mapping.begin();
	}

	@Override
	public final @Nullable R next() {
		if (!this.mapping.beginForRead()) {
			throw new NoSuchElementException("There are no more results; ask hasNext() before the next next()");
		}
		if (!this.mapping.hasOpen()) {
			this.mapping.throwStop();
		}
		try {
			return handOut(this.mapping).get();
		}
		catch (InterruptedException ex) {
			throw GreenThread.<RuntimeException>rethrow(ex);
		}
	}

	/** Waits for the next that has ended, and takes it out of the mapping. */
	abstract GreenThread<R> handOut(Mapping<A, R> mapping) throws InterruptedException;

	@Override
	public final void close() {
		this.mapping.kill();
	}

}
