package io.greenroom.durable.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.greenroom.durable.DeadLetter;
import org.jspecify.annotations.Nullable;

/**
 * The stored calls of a database, the owners of their lanes, and the calls that were
 * given up. For integrations; not intended for applications.
 * <p>
 * Safe for use by many threads. Every method blocks while it accesses the database, and
 * throws what the integration throws. Times are those of the database, so the clocks of
 * the nodes need not agree. A method that joins a transaction joins the thread's
 * transaction if it belongs to this database, and otherwise commits by itself.
 */
public interface OutboxStore {

	/**
	 * Checks, before the first call, whether calls can be stored.
	 * @throws IllegalStateException if they cannot; the message says what to do
	 */
	void open();

	/**
	 * Returns the names of the handlers that have calls.
	 * @return the names; empty if the start does not need the database
	 */
	List<String> handlers();

	/**
	 * Adds a call at the end of its lane. Joins a transaction.
	 * @param lane the lane
	 * @param id the id of the call
	 * @param method the name of the method
	 * @param args the arguments
	 * @param context the caller's context
	 */
	void add(Lane lane, String id, String method, String args, @Nullable String context);

	/**
	 * Runs a task when others can see what this thread has added: after the commit of its
	 * transaction, immediately if there is no transaction, or never if the transaction
	 * rolls back.
	 * @param lane the lane that was added to
	 * @param task the task, which must be quick and must not throw
	 */
	void whenCommitted(Lane lane, Runnable task);

	/**
	 * Removes a call. Joins a transaction.
	 * @param lane the lane
	 * @param place the call's place
	 * @return whether the call existed
	 */
	boolean remove(Lane lane, long place);

	/**
	 * Reads the first calls of a lane.
	 * @param lane the lane
	 * @param limit the maximum number of calls
	 * @return the calls in their order
	 */
	List<StoredCall> first(Lane lane, int limit);

	/**
	 * Takes a lane that has no owner.
	 * @param lane the lane
	 * @param owner the new owner
	 * @param lease how long the owner keeps the lane without renewing the lease
	 * @return what is known of the lane's first call, or {@code null} if the lane has an
	 * owner or waits
	 */
	@Nullable Claim claim(Lane lane, String owner, Duration lease);

	/**
	 * Renews the lease of all lanes of an owner.
	 * @param owner the owner
	 * @param lease the new duration from now
	 */
	void renew(String owner, Duration lease);

	/**
	 * Releases an empty lane. Does nothing if the owner has lost it.
	 * @param lane the lane
	 * @param owner the owner
	 */
	void release(Lane lane, String owner);

	/**
	 * Releases a lane that is not empty, for any node to continue.
	 * @param lane the lane
	 * @param owner the owner
	 */
	void hand(Lane lane, String owner);

	/**
	 * Releases all lanes of an owner, for any node to continue.
	 * @param owner the owner
	 */
	void handAll(String owner);

	/**
	 * Records the number of attempts of a lane's first call.
	 * @param lane the lane
	 * @param owner the owner
	 * @param place the call's place
	 * @param attempts the number of attempts
	 */
	void note(Lane lane, String owner, long place, int attempts);

	/**
	 * Releases a lane and keeps it from being taken for a time.
	 * @param lane the lane
	 * @param owner the owner
	 * @param place the place of its first call
	 * @param attempts the number of attempts of that call
	 * @param pause how long the lane cannot be taken
	 */
	void postpone(Lane lane, String owner, long place, int attempts, Duration pause);

	/**
	 * Gives up a call.
	 * @param lane the lane
	 * @param owner the owner
	 * @param call the first call of the lane
	 * @param attempts the number of attempts
	 * @param error the exception of the last attempt
	 * @param halts whether the lane is released and waits until the call is replayed or
	 * discarded
	 * @return whether the call existed
	 */
	boolean bury(Lane lane, String owner, StoredCall call, int attempts, String error, boolean halts);

	/**
	 * Returns the lanes whose owner has lost them or whose pause is over.
	 * @param handler the handler's name
	 * @param limit the maximum number of lanes
	 * @return the lanes, starting with the one that has been due longest
	 */
	List<Lane> due(String handler, int limit);

	/**
	 * Walks over the lanes of a handler that have calls.
	 * @param handler the handler's name
	 * @param after the key of the last visited lane, or {@code null} to begin
	 * @param limit the maximum number of lanes to visit
	 * @return what was found
	 */
	Walk walk(String handler, @Nullable String after, int limit);

	/**
	 * Counts waiting calls.
	 * @param handler the handler's name
	 * @param most where the count stops
	 * @return the numbers
	 */
	Backlog backlog(String handler, int most);

	/**
	 * Returns calls that were given up.
	 * @param handler the handler's name, or {@code null} for all handlers
	 * @param limit the maximum number of letters
	 * @return the letters, oldest first by the time of death
	 */
	List<DeadLetter> dead(@Nullable String handler, int limit);

	/**
	 * Returns a call that was given up.
	 * @param id its id
	 * @return the letter, or {@code null} if there is none
	 */
	@Nullable DeadLetter dead(String id);

	/**
	 * Counts the calls that were given up.
	 * @return the number of calls by handler
	 */
	Map<String, Long> dead();

	/**
	 * Returns a call that was given up to its lane. Joins a transaction.
	 * @param id its id
	 * @return the lane, or {@code null} if there is no such call
	 */
	@Nullable Lane replay(String id);

	/**
	 * Removes a call that was given up. Joins a transaction.
	 * @param id its id
	 * @return the lane, or {@code null} if there is no such call
	 */
	@Nullable Lane discard(String id);

	/**
	 * A lane that was taken.
	 *
	 * @param abandoned whether a previous owner did not release it
	 * @param place the place of the call that the attempts belong to
	 * @param attempts the number of attempts of that call
	 */
	record Claim(boolean abandoned, long place, int attempts) {

	}

	/**
	 * The result of a walk.
	 *
	 * @param free the lanes that any node may take
	 * @param last the key of the last visited lane, or {@code null} if there are no more
	 * lanes
	 */
	record Walk(List<Lane> free, @Nullable String last) {

		/** Copies the list. */
		public Walk {
			free = List.copyOf(free);
		}

	}

	/**
	 * The waiting calls of a handler.
	 *
	 * @param waiting the number of calls, as far as they were counted
	 * @param oldest when the oldest of them was made, or {@code null} if no call waits
	 */
	record Backlog(long waiting, @Nullable Instant oldest) {

	}

}
