package io.greenroom.green;

import java.util.concurrent.Callable;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * An item of a {@link Mapping} on its way to its result: the body of its green thread,
 * and the callback at that thread's end.
 */
final class MappedItem<A, R> implements Callable<@Nullable R>, Consumer<GreenThread<R>> {

	private final Mapping<A, R> mapping;

	private final A item;

	/**
	 * Guarded by the mapping's state, like all fields below; {@code null} until the end
	 * is told.
	 */
	@Nullable GreenThread<R> thread;

	/** Whether it has begun and is not counted as done. */
	boolean open;

	boolean ended;

	/** Whether the reader has seen the end but not handed it out yet. */
	boolean seen;

	/** The item that ended next. */
	@Nullable MappedItem<A, R> next;

	MappedItem(Mapping<A, R> mapping, A item) {
		this.mapping = mapping;
		this.item = item;
	}

	@Override
	public @Nullable R call() throws Exception {
		return this.mapping.apply(this.item);
	}

	@Override
	public void accept(GreenThread<R> end) {
		this.mapping.ended(this, end);
	}

}
