package io.greenroom.state;

import java.lang.ref.Cleaner;

import io.greenroom.observe.MachineListener;
import org.jspecify.annotations.Nullable;

/**
 * Where a machine is, for an observer that counts machines: known beyond the machine's
 * life, so that one that is forgotten at rest is not counted for ever. Must not know the
 * machine.
 */
final class Whereabouts implements Runnable {

	private static final Cleaner CLEANER = Cleaner
		.create(Thread.ofPlatform().daemon().name("greenroom-forgotten-", 0).factory());

	private final MachineListener observer;

	/** Written by whoever moves the machine, one at a time. */
	private volatile @Nullable String state;

	private Whereabouts(MachineListener observer) {
		this.observer = observer;
	}

	/** Returns what notes where a machine is, {@code null} where nobody asks. */
	static @Nullable Whereabouts of(Machine machine, MachineListener observer) {
		if (observer == MachineListener.NONE) {
			return null;
		}
		Whereabouts whereabouts = new Whereabouts(observer);
		CLEANER.register(machine, whereabouts);
		return whereabouts;
	}

	void in(@Nullable String now) {
		this.state = now;
	}

	/** The machine is gone. */
	@Override
	public void run() {
		String last = this.state;
		if (last != null) {
			this.observer.forgotten(last);
		}
	}

}
