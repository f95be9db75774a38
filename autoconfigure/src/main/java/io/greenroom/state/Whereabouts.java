package io.greenroom.state;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.observe.ForeignCode;
import io.greenroom.observe.MachineListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a machine is, for an observer that counts machines: known beyond the machine's
 * life, so that one that is forgotten at rest is not counted for ever. Must not know the
 * machine.
 */
final class Whereabouts extends PhantomReference<Machine> {

	private static final Logger log = LoggerFactory.getLogger(StateMachines.class);

	/** Written by whoever moves the machine, one at a time. */
	private volatile @Nullable String state;

	private Whereabouts(Machine machine, ReferenceQueue<Machine> gone) {
		super(machine, gone);
	}

	void in(@Nullable String now) {
		this.state = now;
	}

	/**
	 * The whereabouts of all machines of one class. Looked through now and then, rather
	 * than by a thread of its own that would outlive the scheduler.
	 */
	static final class Register {

		private final ReferenceQueue<Machine> gone = new ReferenceQueue<>();

		/** A reference that nobody knows is never queued. */
		private final Set<Whereabouts> known = ConcurrentHashMap.newKeySet();

		private final MachineListener observer;

		Register(MachineListener observer) {
			this.observer = observer;
		}

		/** Returns what notes where a machine is, {@code null} where nobody asks. */
		@Nullable Whereabouts of(Machine machine) {
			if (this.observer == MachineListener.NONE) {
				return null;
			}
			Whereabouts whereabouts = new Whereabouts(machine, this.gone);
			this.known.add(whereabouts);
			return whereabouts;
		}

		/** Tells of those that are gone. */
		void tell() {
			for (Reference<?> each = this.gone.poll(); each != null; each = this.gone.poll()) {
				if (each instanceof Whereabouts whereabouts && this.known.remove(whereabouts)) {
					String last = whereabouts.state;
					if (last != null) {
						ForeignCode.run(log, "An observer of machines", () -> this.observer.forgotten(last));
					}
				}
			}
		}

	}

}
