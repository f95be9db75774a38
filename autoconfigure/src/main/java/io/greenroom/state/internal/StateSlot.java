package io.greenroom.state.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * An object's connection to its machine, which exists before the first line of the
 * object's constructor. Moves that are requested during construction are kept, and made
 * in order when the machine is {@linkplain #bind bound}, so that no body ever runs on an
 * incomplete object. Thread-safe.
 */
public final class StateSlot {

	/** The message for an object that was created without a connection. */
	public static final String NO_MACHINE = "This object was deserialized, or created in another way without its constructor, and has no machine; give it a new one with stateMachines.bind(object, null)";

	/** Written once under this; volatile, so that calls after that take no lock. */
	private volatile @Nullable StateCalls machine;

	/** The object of this connection. Written once, before the machine. */
	private @Nullable StateObject owner;

	/** Whether the object was created without a connection, like a deserialized one. */
	private final boolean late;

	/** Guarded by this; {@code null} if there are none. */
	private @Nullable List<Consumer<StateCalls>> early;

	/**
	 * Creates a slot without a machine. Called by enhanced constructors.
	 */
	public StateSlot() {
		this(false);
	}

	private StateSlot(boolean late) {
		this.late = late;
	}

	/**
	 * Returns whether an object's slot is its own. The slot of a copy belongs to another
	 * object, and an object that was created without a constructor has none. Before the
	 * machine is bound, this is unknown.
	 * @param slot the object's slot
	 * @param object the object
	 * @return whether the slot can be used
	 */
	public static boolean isOf(@Nullable StateSlot slot, Object object) {
		return slot != null && (slot.owner == object || slot.machine == null);
	}

	/**
	 * Returns a slot of an object's own. A copy of another object gets one with a machine
	 * of its own, which has not started. An object without a slot gets one that waits to
	 * be bound.
	 * @param object the object
	 * @param slot its current slot
	 * @return the slot that it must have
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
	 * Returns whether the object was created without a connection, like a deserialized
	 * one.
	 * @return whether it must be bound by hand
	 */
	public boolean isLate() {
		return this.late;
	}

	/**
	 * Returns the machine.
	 * @return the machine; {@code null} while the object is being constructed
	 */
	public @Nullable StateCalls machine() {
		return this.machine;
	}

	/** Discards the moves that were requested so far. */
	public synchronized void forget() {
		this.early = null;
	}

	/**
	 * Connects the complete object, and makes the moves that were requested so far.
	 * @param calls the machine
	 * @param object the object of the machine
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
	 * Returns whether a call of a state method must run the body.
	 * @param state the state's index
	 * @return whether to run the body
	 */
	public boolean enter(int state) {
		StateCalls calls = this.machine;
		return calls != null && calls.enter(state);
	}

	/**
	 * Called when the body has ended.
	 * @param thrown what it threw, or {@code null} if it returned
	 */
	public void leave(@Nullable Throwable thrown) {
		StateCalls calls = this.machine;
		if (calls != null) {
			calls.leave(thrown);
		}
	}

	/**
	 * Requests a move.
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
