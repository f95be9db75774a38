package io.greenroom.green;

import java.util.NoSuchElementException;

import org.jspecify.annotations.Nullable;

/** Results in the order in which they become ready. */
final class UnorderedResults<A, R> implements GreenResults<R> {

	private final Mapping<A, R> mapping;

	private final Mapping.Tasks tasks;

	private final Completions<R> completions;

	UnorderedResults(Mapping<A, R> mapping, Mapping.Tasks tasks, Completions<R> completions) {
		this.mapping = mapping;
		this.tasks = tasks;
		this.completions = completions;
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
		try {
			GreenThread<R> next;
			do {
				next = this.completions.take(this.tasks);
			}
			while (!this.mapping.handOut(next));
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
