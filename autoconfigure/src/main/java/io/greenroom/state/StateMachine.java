package io.greenroom.state;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeoutException;

import io.greenroom.green.GreenTask;
import org.jspecify.annotations.Nullable;

/**
 * The machine of one object: where it is, how it got there, and how to wait for it or
 * stop it. Moves are made by calling the object's state methods. Thread-safe.
 */
public interface StateMachine {

	/** Where a machine is in its lifecycle. */
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
	 * @return the simple name of its class and a running number; for a machine by key,
	 * the name of its handler and the key
	 */
	String name();

	/**
	 * Returns the object that has the states.
	 * @return the object itself, not a proxy
	 */
	Object target();

	/**
	 * Returns where the machine is in its lifecycle.
	 * @return the status
	 */
	Status status();

	/**
	 * Returns the current state; after the end, the last one.
	 * @return the state's name; {@code null} before the start
	 */
	@Nullable String current();

	/**
	 * Returns when the machine entered its current state.
	 * @return the instant of the last move; {@code null} before the start
	 */
	@Nullable Instant since();

	/**
	 * Returns the last moves, oldest first, up to the configured number.
	 * @return a copy
	 */
	List<StateMove> history();

	/**
	 * Returns the states that may be called now: those declared to follow the current
	 * one, or those that may start the machine if it has not started or has ended.
	 * @return names of states
	 */
	List<String> targets();

	/**
	 * Returns a diagram of the machine: its states, the current one, and how often it has
	 * made each move.
	 * @return a snapshot
	 */
	StateDiagram diagram();

	/**
	 * Returns whether the machine has ended in any way. A machine that has failed or was
	 * stopped can be started again by a state that may start it. A machine that is done
	 * can be started again only by a state that is marked with {@link State#restart()}.
	 * @return whether it is done, failed or stopped
	 */
	boolean isDone();

	/**
	 * Returns the failure of the machine.
	 * @return what the body threw, always the same object; {@code null} unless it failed
	 */
	@Nullable Throwable exception();

	/**
	 * Waits until the machine has ended. A machine that is never started, or that rests,
	 * may never end; use {@link #join(Duration)} to limit the wait.
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalStateException if a body would wait for the end of its own machine,
	 * or if machines and handlers wait in a circle
	 */
	void join() throws InterruptedException;

	/**
	 * Waits up to the limit until the machine has ended. If machines and handlers wait in
	 * a circle, each for longer than a second, this is logged at once; a move or a stop
	 * from outside may still end the wait.
	 * @param limit the maximum time to wait; zero checks once without waiting
	 * @return whether it has ended
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalArgumentException if the limit is negative
	 * @throws IllegalStateException if a body would wait for the end of its own machine,
	 * with a limit above zero
	 */
	boolean join(Duration limit) throws InterruptedException;

	/**
	 * Waits up to the limit until the machine is in a state. A state that the machine
	 * enters and leaves again during the wait counts. A circle of waits is logged as in
	 * {@link #join(Duration)}.
	 * @param state the state's name
	 * @param limit the maximum time to wait; zero checks once without waiting
	 * @return whether the machine was in the state; {@code false} if the time is over or
	 * the machine has ended in another state
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalArgumentException if there is no such state, or the limit is
	 * negative
	 * @throws IllegalStateException if a body would wait for its own machine to be in
	 * another state, with a limit above zero
	 */
	boolean awaitState(String state, Duration limit) throws InterruptedException;

	/**
	 * Waits up to the limit until no body runs and no move is in progress. A circle of
	 * waits is logged as in {@link #join(Duration)}.
	 * @param limit the maximum time to wait; zero checks once without waiting
	 * @return whether the machine rests, has ended, or was never started
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalArgumentException if the limit is negative
	 * @throws IllegalStateException if a body would wait for its own end, with a limit
	 * above zero
	 */
	boolean awaitRest(Duration limit) throws InterruptedException;

	/**
	 * Requests a move from outside, and waits up to the limit until the machine, after
	 * that move, rests in a state or has ended, either in the requested state or where
	 * its bodies have moved it by themselves. A rest that is over again by then counts.
	 * <p>
	 * What the requesting call throws is thrown by this method, such as an
	 * {@link IllegalTransitionException} if the move is illegal. If a body then fails,
	 * and the machine with it, this method throws the same throwable, even a checked
	 * exception, with the trace of this call as a suppressed exception. If the machine is
	 * stopped meanwhile, this method returns as if the machine had ended by itself, or
	 * throws if the move is no longer made.
	 * @param move calls a state of this machine's object on the current thread, as in
	 * {@code () -> order.paid(sum)}; if it calls several, the last one counts
	 * @param limit the maximum time to wait from now on; the machine goes on when it is
	 * over
	 * @return the state that the machine came to rest or ended in
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws TimeoutException if the time is over
	 * @throws IllegalArgumentException if the limit is negative, or the call requests no
	 * move of this machine
	 * @throws IllegalStateException if a body would wait for its own end, if the move was
	 * given up or did not take place because the machine was stopped, or if machines and
	 * handlers wait in a circle after the move
	 */
	String moveAndWait(GreenTask move, Duration limit) throws InterruptedException, TimeoutException;

	/**
	 * Ends the machine and does not wait; {@link #join(Duration)} does. A running body is
	 * interrupted. A move that it then requests, or that was requested from outside, does
	 * not take place. Has no effect on a machine that has not started or has ended.
	 */
	void stop();

}
