package io.greenroom.state.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.greenroom.observe.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * An object's connection to its machine, there before the first line of the object's
 * constructor. Moves asked for while the object is still being made are kept, and made in
 * their order when the machine is {@linkplain #bind bound}: no body ever runs on a half
 * made object.
 */
public final class StateSlot {

	/** Written once under this; volatile so that calls after that take no lock. */
	private volatile @Nullable StateCalls machine;

	/** Guarded by this; null where there are none. */
	private @Nullable List<Consumer<StateCalls>> early;

	/**
	 * Makes a slot without a machine. Called by enhanced constructors.
	 */
	public StateSlot() {
	}

	/**
	 * Returns the machine.
	 * @return the machine, {@code null} as long as the object is being made
	 */
	public @Nullable StateCalls machine() {
		return this.machine;
	}

	/**
	 * Connects the object, which is complete now, and makes the moves asked for so far.
	 * @param calls the machine
	 */
	public void bind(StateCalls calls) {
		List<Consumer<StateCalls>> kept;
		synchronized (this) {
			if (this.machine != null) {
				throw new IllegalStateException("The object has its machine already");
			}
			this.machine = calls;
			kept = (this.early != null) ? this.early : List.of();
			this.early = null;
		}
		kept.forEach((move) -> move.accept(calls));
	}

	/**
	 * Asks whether a call of a state method is to run the body.
	 * @param state the state's index
	 * @return whether to run the body
	 */
	public boolean enter(int state) {
		StateCalls calls = this.machine;
		return calls != null && calls.enter(state);
	}

	/**
	 * The body has ended.
	 * @param thrown what it threw, if anything
	 */
	public void leave(@Nullable Throwable thrown) {
		StateCalls calls = this.machine;
		if (calls != null) {
			calls.leave(thrown);
		}
	}

	/**
	 * Asks for a move.
	 * @param state the state's index
	 * @param args the arguments of the call
	 */
	public void move(int state, @Nullable Object[] args) {
		StateCalls calls = this.machine;
		if (calls == null) {
			calls = keep(state, args);
		}
		if (calls != null) {
			calls.move(state, args);
		}
	}

	private @Nullable StateCalls keep(int state, @Nullable Object[] args) {
		StackRoom.check();
		return keepUnlessBound(state, args);
	}

	private synchronized @Nullable StateCalls keepUnlessBound(int state, @Nullable Object[] args) {
		if (this.machine == null) {
			this.early = (this.early != null) ? this.early : new ArrayList<>();
			this.early.add((calls) -> calls.move(state, args));
		}
		return this.machine;
	}

}
