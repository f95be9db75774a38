package io.greenroom.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeoutException;

import io.greenroom.green.GreenTask;
import org.jspecify.annotations.Nullable;

/**
 * The machine of one object: where it is, how it got there, and the means to wait for it
 * or stop it. Moves are made by calling the object's state methods. Safe for use by many
 * threads.
 */
public interface StateMachine {

	/** Where a machine is in its life. */
	enum Status {

		/** Never started. */
		NEW,
		/** In a state whose body runs or is about to. */
		RUNNING,
		/** In a state whose body has returned; the next call of a state moves it on. */
		RESTING,
		/** Ended: it returned from a state without targets. */
		DONE,
		/** Ended: a body failed. */
		FAILED,
		/** Ended: it was stopped. */
		STOPPED;

		/**
		 * Returns whether the machine has ended in any way.
		 * @return whether this is done, failed or stopped
		 */
		public boolean isEnd() {
			return this == DONE || this == FAILED || this == STOPPED;
		}

	}

	/**
	 * Returns the machine's name for logs and messages.
	 * @return the simple name of its class and a running number
	 */
	String name();

	/**
	 * Returns the object whose states these are.
	 * @return the object itself, not a proxy of it
	 */
	Object target();

	/**
	 * Returns where the machine is in its life.
	 * @return the status
	 */
	Status status();

	/**
	 * Returns the current state; after the end, the last one.
	 * @return the state's name, {@code null} before the start
	 */
	@Nullable String current();

	/**
	 * Returns since when it has been in its current state.
	 * @return the instant of the last move, {@code null} before the start
	 */
	@Nullable Instant since();

	/**
	 * Returns the last moves, the oldest first, at most as many as configured.
	 * @return a copy
	 */
	List<StateMove> history();

	/**
	 * Returns which states may be called now: those declared to follow the current one,
	 * or those that may start a machine that has not started, or has ended.
	 * @return names of states
	 */
	List<String> targets();

	/**
	 * Returns the machine's picture: its states, the current one, and how often it has
	 * made each move.
	 * @return a copy of this moment
	 */
	StateDiagram diagram();

	/**
	 * Returns whether the machine has ended in any way. One that has failed or was
	 * stopped can be started again by a state that may start it, one that is done only by
	 * a state that is marked with {@link State#restart()}.
	 * @return whether it is done, failed or stopped
	 */
	boolean isDone();

	/**
	 * Returns what the machine failed with.
	 * @return what the body threw, always the same object; {@code null} unless it failed
	 */
	@Nullable Throwable exception();

	/**
	 * Waits until the machine has ended. A machine that nobody starts, or that rests, may
	 * never end: {@link #join(Duration)} gives up.
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalStateException if a body would wait for the end of its own machine,
	 * or machines, and handlers that are called, wait in a circle
	 */
	void join() throws InterruptedException;

	/**
	 * Waits up to the limit until the machine has ended. Where machines and handlers wait
	 * in a circle, each longer than a second, the log says so at once; a move or a stop
	 * from outside may still end the wait.
	 * @param limit how long to wait at most; zero looks once
	 * @return whether it has ended
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalArgumentException if the limit is negative
	 * @throws IllegalStateException if a body would wait for the end of its own machine,
	 * with a limit above zero
	 */
	boolean join(Duration limit) throws InterruptedException;

	/**
	 * Waits up to the limit until the machine is in a state. A state that the machine
	 * enters and leaves again during the wait counts. A circle of waits is told as in
	 * {@link #join(Duration)}.
	 * @param state the state's name
	 * @param limit how long to wait at most; zero looks once
	 * @return whether the machine was in the state; {@code false} when the time is over
	 * or the machine has ended elsewhere
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalArgumentException if there is no such state, or the limit is
	 * negative
	 * @throws IllegalStateException if a body would wait for its own machine to be in
	 * another state, with a limit above zero
	 */
	boolean awaitState(String state, Duration limit) throws InterruptedException;

	/**
	 * Waits up to the limit until no body runs and no move is under way. A circle of
	 * waits is told as in {@link #join(Duration)}.
	 * @param limit how long to wait at most; zero looks once
	 * @return whether the machine rests, has ended, or was never started
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalArgumentException if the limit is negative
	 * @throws IllegalStateException if a body would wait for its own end, with a limit
	 * above zero
	 */
	boolean awaitRest(Duration limit) throws InterruptedException;

	/**
	 * Asks for a move from outside, and waits up to the limit until the machine, after
	 * that move, rests in a state or has ended: there, or where the bodies went on to by
	 * themselves. A rest that is over again by then counts.
	 * <p>
	 * What the asking call throws comes out of this one, as
	 * {@link IllegalTransitionException} where the move is illegal. If a body then fails
	 * and the machine with it, what it threw is thrown here as it is, checked exceptions
	 * too, with the trace of this call added to it as a suppressed exception. If the
	 * machine is stopped meanwhile, this returns as if it had ended by itself, or, where
	 * the move is not made any more, throws.
	 * @param move calls a state of this machine's object, on the current thread, as in
	 * {@code () -> order.paid(sum)}; where it calls several, the last one counts
	 * @param limit how long to wait at most from now on; the machine goes on when it is
	 * over
	 * @return the state that the machine came to rest or ended in
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws TimeoutException if the limit is over
	 * @throws IllegalArgumentException if the limit is negative, or the call asks for no
	 * move of this machine
	 * @throws IllegalStateException if a body would wait for its own end, if the move was
	 * given up or did not take place since the machine was stopped, or if machines, and
	 * handlers that are called, wait in a circle, after the move
	 */
	String moveAndWait(GreenTask move, Duration limit) throws InterruptedException, TimeoutException;

	/**
	 * Ends the machine and does not wait; {@link #join(Duration)} does. A running body is
	 * interrupted; whatever move it asks for then, or somebody else has asked for, does
	 * not take place. Does nothing to a machine that has not started or has ended.
	 */
	void stop();

}
