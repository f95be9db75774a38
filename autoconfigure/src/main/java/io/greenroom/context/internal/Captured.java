package io.greenroom.context.internal;

import java.util.List;

import io.greenroom.observe.ContextCarrier.Scope;
import io.greenroom.observe.ContextCarrier.Snapshot;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/** The captured values of a thread, one for each accessor. */
final class Captured implements Snapshot {

	private final List<ThreadLocalAccessor<Object>> accessors;

	/** {@code null} for a value that the thread did not have. */
	private final @Nullable Object[] values;

	private final boolean empty;

	private Captured(List<ThreadLocalAccessor<Object>> accessors, @Nullable Object[] values, boolean empty) {
		this.accessors = accessors;
		this.values = values;
		this.empty = empty;
	}

	/** Creates the snapshot of a thread that had at least one value. */
	static Captured of(List<ThreadLocalAccessor<Object>> accessors, @Nullable Object[] values) {
		return new Captured(accessors, values, false);
	}

	/** Creates the snapshot of a thread that had no values. */
	static Captured nothing(List<ThreadLocalAccessor<Object>> accessors) {
		return new Captured(accessors, new @Nullable Object[accessors.size()], true);
	}

	@Override
	public boolean isEmpty() {
		return this.empty;
	}

	@Override
	public Scope open() {
		Restoring scope = new OnUsedThread();
		scope.open();
		return scope;
	}

	@Override
	public Scope openOnNewThread() {
		Restoring scope = new OnNewThread();
		scope.open();
		return scope;
	}

	/** Sets the captured values, and clears the others. */
	private final class OnUsedThread extends Restoring {

		OnUsedThread() {
			super(Captured.this.accessors);
		}

		@Override
		@Nullable Object enter(ThreadLocalAccessor<Object> accessor, int index) {
			Object before = accessor.getValue();
			Object value = Captured.this.values[index];
			if (value != null) {
				accessor.setValue(value);
			}
			else if (before != null) {
				accessor.setValue();
			}
			return before;
		}

		@Override
		void leave(ThreadLocalAccessor<Object> accessor, int index, @Nullable Object before) {
			if (before != null) {
				accessor.restore(before);
			}
			else if (Captured.this.values[index] != null) {
				accessor.restore();
			}
			else if (accessor.getValue() != null) {
				// The work has set a value that neither it nor the thread had.
				accessor.setValue();
			}
		}

	}

	/**
	 * Does not read before it writes, because reading an absent thread local costs as
	 * much as setting one.
	 */
	private final class OnNewThread extends Restoring {

		OnNewThread() {
			super(Captured.this.accessors);
		}

		@Override
		@Nullable Object enter(ThreadLocalAccessor<Object> accessor, int index) {
			Object value = Captured.this.values[index];
			if (value != null) {
				accessor.setValue(value);
			}
			return null;
		}

		@Override
		void leave(ThreadLocalAccessor<Object> accessor, int index, @Nullable Object before) {
			if (Captured.this.values[index] != null) {
				accessor.restore();
			}
		}

	}

}
