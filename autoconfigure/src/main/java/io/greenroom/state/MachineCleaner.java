package io.greenroom.state;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import io.greenroom.observe.MachineListener;
import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A weak reference to a machine, through which it is found as long as its object is
 * referenced. It also remembers the machine's state beyond its life, for an observer that
 * counts machines, so that a machine that is collected at rest does not stay counted.
 * Must not refer to the machine strongly.
 */
final class MachineCleaner extends WeakReference<StateMachine> {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	/**
	 * Written by the thread that moves the machine; used for an observer only.
	 */
	private volatile @Nullable String state;

	/** The one created before this. Written before publication, and then by sweeps. */
	private volatile @Nullable MachineCleaner older;

	private MachineCleaner(StateMachine machine, ReferenceQueue<StateMachine> gone) {
		super(machine, gone);
	}

	void in(@Nullable String now) {
		this.state = now;
	}

	/**
	 * The machines of one class, youngest first. Costs one reference per machine. Swept
	 * at intervals instead of by a thread of its own, which would outlive the scheduler.
	 */
	static final class Register {

		/** Fewer collected machines than this are not worth a sweep. */
		private static final int FEW = 1000;

		private final ReferenceQueue<StateMachine> gone = new ReferenceQueue<>();

		private final AtomicReference<@Nullable MachineCleaner> youngest = new AtomicReference<>();

		private final MachineListener observer;

		/** How many have been collected since the last sweep. Guarded by this. */
		private long left;

		/** How many the last sweep has found. Guarded by this. */
		private long stayed;

		Register(MachineListener observer) {
			this.observer = observer;
		}

		/**
		 * Adds a complete machine. Returns its cleaner, which must be told of its states,
		 * or {@code null} if machines are not counted.
		 */
		@Nullable MachineCleaner add(StateMachine machine) {
			MachineCleaner cleaner = new MachineCleaner(machine, this.gone);
			@Nullable MachineCleaner first;
			do {
				first = this.youngest.get();
				cleaner.older = first;
			}
			while (!this.youngest.compareAndSet(first, cleaner));
			return (this.observer != MachineListener.NONE) ? cleaner : null;
		}

		void forEach(Consumer<StateMachine> action) {
			for (MachineCleaner each = this.youngest.get(); each != null; each = each.older) {
				StateMachine machine = each.get();
				if (machine != null) {
					action.accept(machine);
				}
			}
		}

		/** Returns how many there are, including collected ones. */
		int size() {
			int size = 0;
			for (MachineCleaner each = this.youngest.get(); each != null; each = each.older) {
				size++;
			}
			return size;
		}

		/** Tells the observer of collected machines, and removes them. */
		synchronized void tell() {
			for (Reference<?> each = this.gone.poll(); each != null; each = this.gone.poll()) {
				this.left++;
				if (each instanceof MachineCleaner cleaner) {
					String last = cleaner.state;
					if (last != null) {
						ForeignCode.run(log, "An observer of machines", () -> this.observer.forgotten(last));
					}
				}
			}
			if (this.left > FEW + this.stayed / 4) {
				// Sweeps become rarer as they become longer.
				sweep();
			}
		}

		/**
		 * Called by one thread at a time. The youngest stays until there is a younger
		 * one.
		 */
		private void sweep() {
			this.left = 0;
			this.stayed = 0;
			for (MachineCleaner each = this.youngest.get(); each != null; each = each.older) {
				MachineCleaner next = each.older;
				while (next != null && next.refersTo(null)) {
					next = next.older;
				}
				if (next != each.older) {
					each.older = next;
				}
				this.stayed++;
			}
		}

	}

}
