package io.greenroom.green;

import java.util.NoSuchElementException;

import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/** The results of a mapping while they are read. */
final class MappedResults<A, R> implements GreenResults<R> {

	private final Mapping<A, R> mapping;

	MappedResults(Mapping<A, R> mapping) {
		this.mapping = mapping;
	}

	@Override
	public boolean hasNext() {
		StackRoom.check();
		try {
			return this.mapping.awaitNext();
		}
		catch (InterruptedException ex) {
			throw Failures.rethrow(ex);
		}
	}

	@Override
	public @Nullable R next() {
		StackRoom.check();
		try {
			GreenThread<R> next = this.mapping.take();
			if (next == null) {
				throw new NoSuchElementException("There are no more results; ask hasNext() before the next next()");
			}
			return next.get();
		}
		catch (InterruptedException ex) {
			throw Failures.rethrow(ex);
		}
	}

	@Override
	public void close() {
		StackRoom.checkReturn();
		this.mapping.kill();
	}

}
