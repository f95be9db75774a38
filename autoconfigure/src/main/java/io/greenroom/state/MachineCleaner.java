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
 * Where a machine is to be found as long as its object is known to somebody, and where it
 * was, for an observer that counts machines: known beyond the machine's life, so that one
 * that is forgotten at rest is not counted for ever. Must not keep the machine.
 */
final class MachineCleaner extends WeakReference<StateMachine> {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	/**
	 * Written by the thread that moves the machine, one at a time; only for an observer.
	 */
	private volatile @Nullable String state;

	/** The one made before this. Written before others see this, then by sweeps. */
	private volatile @Nullable MachineCleaner older;

	private MachineCleaner(StateMachine machine, ReferenceQueue<StateMachine> gone) {
		super(machine, gone);
	}

	void in(@Nullable String now) {
		this.state = now;
	}

	/**
	 * The machines of one class, the youngest first: a million of them cost a reference
	 * each. Looked through now and then, rather than by a thread of its own that would
	 * outlive the scheduler.
	 */
	static final class Register {

		/** So few that are gone are not worth a walk. */
		private static final int FEW = 1000;

		private final ReferenceQueue<StateMachine> gone = new ReferenceQueue<>();

		private final AtomicReference<@Nullable MachineCleaner> youngest = new AtomicReference<>();

		private final MachineListener observer;

		/** How many have gone since the last sweep. Guarded by this. */
		private long left;

		/** How many the last sweep has met. Guarded by this. */
		private long stayed;

		Register(MachineListener observer) {
			this.observer = observer;
		}

		/**
		 * Takes a machine in, which is complete. Returns what is to be told where it is,
		 * {@code null} where nobody asks.
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

		/** Returns how many are held, gone ones included. */
		int size() {
			int size = 0;
			for (MachineCleaner each = this.youngest.get(); each != null; each = each.older) {
				size++;
			}
			return size;
		}

		/** Tells of those that are gone, and lets them go. */
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
				// Walks grow rarer as they grow longer.
				sweep();
			}
		}

		/** Called by one at a time. The youngest stays until there is a younger one. */
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
