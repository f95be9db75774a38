package io.greenroom.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Stores where one machine is beyond the life of this process, for frameworks. It is
 * called before each change in memory, so that memory is never ahead of what is stored,
 * and never under the machine's lock. If {@link #keep} or {@link #bodyEnds} throws, the
 * change is given up.
 * <p>
 * Called by one thread at a time, except for {@link #check} and {@link #isLost}.
 */
public interface StateJournal {

	/**
	 * Checks whether a move could be stored, before anything is done for it.
	 * @param state the requested state
	 * @param args the arguments of its body
	 * @throws IllegalArgumentException if they cannot be stored
	 */
	void check(String state, List<? extends @Nullable Object> args);

	/**
	 * Takes the machine's object exclusively, for a move while no body runs.
	 * {@link #letGo(boolean)} must follow if this returns {@code true}.
	 * @param limit how long to wait until the object is no longer in use
	 * @return whether the object was taken; {@code false} if that takes longer, or the
	 * object is no longer valid
	 * @throws InterruptedException if the thread is interrupted while it waits
	 */
	boolean hold(Duration limit) throws InterruptedException;

	/**
	 * Gives back the machine's object.
	 * @param kept whether the change that it was taken for has been stored
	 */
	void letGo(boolean kept);

	/** Called when a body begins on this thread, inside everything around it. */
	void bodyBegins();

	/**
	 * Called when a body has thrown, inside everything around it.
	 * @param thrown what it threw
	 */
	void bodyThrew(Throwable thrown);

	/**
	 * Called when a body has returned or moves the machine on, inside everything around
	 * it, so that the entry belongs to the transaction of the body, if it has one.
	 * @param entry where the machine is from now on
	 */
	void bodyEnds(Entry entry);

	/**
	 * Returns whether the entry of {@link #bodyEnds} has been stored for good. Called
	 * when everything around the body has ended.
	 * @return {@code false} if it was rolled back
	 */
	boolean isKept();

	/**
	 * Stores where the machine is, regardless of the thread's transaction.
	 * @param entry where it is from now on
	 */
	void keep(Entry entry);

	/**
	 * Called on the thread that requests a move, if a running body must end first. The
	 * thread of that body stores the move later, with {@link #keep} inside this executor.
	 * Called under the machine's lock, so it must not wait.
	 * @return executes a write on the thread that calls it, as the requesting thread
	 * would
	 */
	default Executor requester() {
		return Runnable::run;
	}

	/**
	 * Returns whether another node has the machine, or its stored state is unknown.
	 * Nothing is stored any more then, and the machine is not moved here.
	 * @return whether it is lost
	 */
	boolean isLost();

	/**
	 * Where a machine is.
	 *
	 * @param state its state
	 * @param status the outcome of the state's body
	 * @param args the arguments of the body; empty unless it runs
	 * @param since when the state was entered, to the millisecond
	 * @param deadline when its timeout is over, or {@code null} if it has none or the
	 * machine has ended
	 * @param failure what the body failed with; {@code null} unless it has
	 */
	record Entry(String state, StateMachine.Status status, List<? extends @Nullable Object> args, Instant since,
			@Nullable Instant deadline, @Nullable Throwable failure) {

	}

}
