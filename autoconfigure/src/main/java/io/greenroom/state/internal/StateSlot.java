package io.greenroom.state.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * An object's connection to its machine, there before the first line of the object's
 * constructor. Moves asked for while the object is still being made are kept, and made in
 * their order when the machine is {@linkplain #bind bound}: no body ever runs on a half
 * made object.
 */
public final class StateSlot {

	/** What is said of an object that came without a connection. */
	public static final String NO_MACHINE = "This object was deserialised, or made in another way without its constructor, and has no machine; give it a new one with stateMachines.bind(object, null)";

	/** Written once under this; volatile so that calls after that take no lock. */
	private volatile @Nullable StateCalls machine;

	/** Whose connection this is. Written once, before the machine. */
	private @Nullable StateObject owner;

	/** Whether the object came without a connection, as one does that is deserialised. */
	private final boolean late;

	/** Guarded by this; null where there are none. */
	private @Nullable List<Consumer<StateCalls>> early;

	/**
	 * Makes a slot without a machine. Called by enhanced constructors.
	 */
	public StateSlot() {
		this(false);
	}

	private StateSlot(boolean late) {
		this.late = late;
	}

	/**
	 * Asks whether an object's slot is its own: that of a copy is another object's, and
	 * one that was made without a constructor has none. Before the machine is bound
	 * nobody can tell.
	 * @param slot what the object has
	 * @param object the object
	 * @return whether it can be used
	 */
	public static boolean isOf(@Nullable StateSlot slot, Object object) {
		return slot != null && (slot.owner == object || slot.machine == null);
	}

	/**
	 * Returns the slot that is an object's own. A copy of another gets one with a machine
	 * of its own, not started yet; an object without any gets one that waits to be bound.
	 * @param object the object
	 * @param slot what it has now
	 * @return what it is to have
	 */
	public static StateSlot own(StateObject object, @Nullable StateSlot slot) {
		if (slot == null) {
			return new StateSlot(true);
		}
		// Read before the owner, which is written before it.
		StateCalls original = slot.machine;
		if (original == null || slot.owner == object) {
			return slot;
		}
		StateSlot own = new StateSlot();
		own.bind(original.copy(object), object);
		return own;
	}

	/**
	 * Returns whether the object came without a connection, as one does that is
	 * deserialised.
	 * @return whether it has to be bound by hand
	 */
	public boolean isLate() {
		return this.late;
	}

	/**
	 * Returns the machine.
	 * @return the machine, {@code null} as long as the object is being made
	 */
	public @Nullable StateCalls machine() {
		return this.machine;
	}

	/** Forgets the moves asked for so far. */
	public synchronized void forget() {
		this.early = null;
	}

	/**
	 * Connects the object, which is complete now, and makes the moves asked for so far.
	 * @param calls the machine
	 * @param object whose machine it is
	 */
	public void bind(StateCalls calls, StateObject object) {
		List<Consumer<StateCalls>> kept;
		synchronized (this) {
			if (this.machine != null) {
				throw new IllegalStateException("The object has its machine already");
			}
			this.owner = object;
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
		if (this.machine == null && this.late) {
			throw new IllegalStateException(NO_MACHINE);
		}
		if (this.machine == null) {
			this.early = (this.early != null) ? this.early : new ArrayList<>();
			this.early.add((calls) -> calls.move(state, args));
		}
		return this.machine;
	}

}
