package io.greenroom.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Keeps where one machine is beyond the life of this process, for frameworks. It is asked
 * before each change is made in memory, so that memory is never ahead of what is kept,
 * and never under the machine's lock. What {@link #keep} and {@link #bodyEnds} throw
 * gives the change up.
 * <p>
 * Called by one thread at a time, but for {@link #check} and {@link #isLost}.
 */
public interface StateJournal {

	/**
	 * Looks whether a move could be kept, before anything is done for it.
	 * @param state the state that is asked for
	 * @param args the arguments of its body
	 * @throws IllegalArgumentException if they can't be kept
	 */
	void check(String state, List<? extends @Nullable Object> args);

	/**
	 * Has the machine's object to itself, for a move while no body runs.
	 * {@link #letGo(boolean)} must follow if this returns true.
	 * @param limit how long to wait for what uses the object now
	 * @return whether it has; {@code false} if that takes longer, or the object is not
	 * used any more
	 * @throws InterruptedException if the thread is interrupted while it waits
	 */
	boolean hold(Duration limit) throws InterruptedException;

	/**
	 * Has the object no longer to itself.
	 * @param kept whether what it was held for has been kept
	 */
	void letGo(boolean kept);

	/** A body begins, on this thread, inside all that is round it. */
	void bodyBegins();

	/**
	 * A body has thrown. Called inside all that is round it.
	 * @param thrown what it threw
	 */
	void bodyThrew(Throwable thrown);

	/**
	 * A body has returned, or moves the machine on. Called inside all that is round it,
	 * so that what is kept belongs to the transaction of the body, if it has one.
	 * @param entry where the machine is from now on
	 */
	void bodyEnds(Entry entry);

	/**
	 * Returns whether what {@link #bodyEnds} kept was kept in the end. Called when all
	 * that was round the body has ended.
	 * @return {@code false} if it was rolled back
	 */
	boolean isKept();

	/**
	 * Keeps where the machine is, whatever transaction the thread is in.
	 * @param entry where it is from now on
	 */
	void keep(Entry entry);

	/**
	 * Returns whether somebody else has the machine, or it is not known where it is.
	 * Nothing is kept any more then, and nothing moves it here.
	 * @return whether it is lost
	 */
	boolean isLost();

	/**
	 * Where a machine is.
	 *
	 * @param state its state
	 * @param status what came of the state's body
	 * @param args the arguments of the body; empty unless it runs
	 * @param since when the state was entered, to the millisecond
	 * @param deadline when its timeout is over; {@code null} if it has none, or the
	 * machine has ended
	 * @param failure what the body failed with; {@code null} unless it has
	 */
	record Entry(String state, StateMachine.Status status, List<? extends @Nullable Object> args, Instant since,
			@Nullable Instant deadline, @Nullable Throwable failure) {

	}

}
