package io.greenroom.context.internal;

import java.util.List;

import io.greenroom.observe.ContextCarrier.Scope;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Calls accessors in order, and restores them in reverse order when it is closed.
 * Confined to the thread that opens it.
 */
abstract class Restoring implements Scope {

	private final List<ThreadLocalAccessor<Object>> accessors;

	private final @Nullable Object[] before;

	/** The number of accessors to restore. */
	private int entered;

	Restoring(List<ThreadLocalAccessor<Object>> accessors) {
		this.accessors = accessors;
		this.before = new @Nullable Object[accessors.size()];
	}

	/** Returns what {@link #leave} needs. */
	abstract @Nullable Object enter(ThreadLocalAccessor<Object> accessor, int index);

	abstract void leave(ThreadLocalAccessor<Object> accessor, int index, @Nullable Object before);

	/** Enters all accessors. If one fails, restores those before it and throws. */
	final void open() {
		try {
			for (int i = 0; i < this.before.length; i++) {
				this.before[i] = enter(this.accessors.get(i), i);
				this.entered++;
			}
		}
		catch (Throwable failure) {
			try {
				close();
			}
			catch (RuntimeException another) {
				failure.addSuppressed(another);
			}
			throw failure;
		}
	}

	/** Restores all accessors, even if one fails. The first failure is thrown. */
	@Override
	public final void close() {
		RuntimeException first = null;
		while (this.entered > 0) {
			int index = --this.entered;
			try {
				leave(this.accessors.get(index), index, this.before[index]);
			}
			catch (RuntimeException failure) {
				if (first == null) {
					first = failure;
				}
				else {
					first.addSuppressed(failure);
				}
			}
		}
		if (first != null) {
			throw first;
		}
	}

}
