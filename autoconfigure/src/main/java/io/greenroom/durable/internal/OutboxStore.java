package io.greenroom.durable.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.greenroom.durable.DeadLetter;
import org.jspecify.annotations.Nullable;

/**
 * The stored calls of a database, who delivers which of their lanes, and those that were
 * given up. For integrations; users don't need this.
 * <p>
 * Safe for use by many threads. Every method blocks for as long as the database takes,
 * and throws what the integration throws. Times are those of the database, so that the
 * clocks of nodes need not agree. What is said to join a transaction joins the thread's,
 * if it is of this database, and commits itself where there is none.
 */
public interface OutboxStore {

	/**
	 * Looks whether calls can be kept, before the first is.
	 * @throws IllegalStateException if they can't; says what to do
	 */
	void open();

	/**
	 * Returns the names of the handlers there are calls for.
	 * @return the names; none where the start does without the database
	 */
	List<String> handlers();

	/**
	 * Adds a call at the end of its lane. Joins a transaction.
	 * @param lane the lane
	 * @param id the id of the call
	 * @param method the name of the method
	 * @param args the arguments
	 * @param context what goes along
	 */
	void add(Lane lane, String id, String method, String args, @Nullable String context);

	/**
	 * Runs something when what this thread has added can be seen by others: when its
	 * transaction has committed, now if there is none, never if it rolls back.
	 * @param lane whose end that is
	 * @param task what to run; must be quick, and throw nothing
	 */
	void whenCommitted(Lane lane, Runnable task);

	/**
	 * Removes a call. Joins a transaction.
	 * @param lane the lane
	 * @param place the call's place
	 * @return whether it was there
	 */
	boolean remove(Lane lane, long place);

	/**
	 * Reads the first calls of a lane.
	 * @param lane the lane
	 * @param limit how many at most
	 * @return the calls in their order
	 */
	List<StoredCall> first(Lane lane, int limit);

	/**
	 * Takes a lane that has no owner.
	 * @param lane the lane
	 * @param owner who takes it
	 * @param lease how long it is the owner's if that does not renew it
	 * @return what is known of its first call; {@code null} if the lane is somebody's, or
	 * waits
	 */
	@Nullable Claim claim(Lane lane, String owner, Duration lease);

	/**
	 * Renews all lanes of an owner.
	 * @param owner the owner
	 * @param lease how long from now
	 */
	void renew(String owner, Duration lease);

	/**
	 * Gives a lane back that is empty. Does nothing if it is not the owner's any more.
	 * @param lane the lane
	 * @param owner who has it
	 */
	void release(Lane lane, String owner);

	/**
	 * Gives a lane back that is not empty, for anybody to go on.
	 * @param lane the lane
	 * @param owner who has it
	 */
	void hand(Lane lane, String owner);

	/**
	 * Gives all lanes of an owner back, for anybody to go on.
	 * @param owner the owner
	 */
	void handAll(String owner);

	/**
	 * Notes how often the first call of a lane was tried.
	 * @param lane the lane
	 * @param owner who has it
	 * @param place the call's place
	 * @param attempts how often
	 */
	void note(Lane lane, String owner, long place, int attempts);

	/**
	 * Gives a lane back for a while.
	 * @param lane the lane
	 * @param owner who has it
	 * @param place the place of its first call
	 * @param attempts how often that was tried
	 * @param pause for how long nobody takes it
	 */
	void postpone(Lane lane, String owner, long place, int attempts, Duration pause);

	/**
	 * Gives a call up.
	 * @param lane the lane
	 * @param owner who has it
	 * @param call the first call of the lane
	 * @param attempts how often it was tried
	 * @param error what it threw
	 * @param halts whether the lane is given back and waits for what becomes of it
	 * @return whether the call was there
	 */
	boolean bury(Lane lane, String owner, StoredCall call, int attempts, String error, boolean halts);

	/**
	 * Returns lanes that were somebody's, or have waited, and don't any more.
	 * @param handler the handler's name
	 * @param limit how many at most
	 * @return the lanes, the one without an owner for longest first
	 */
	List<Lane> due(String handler, int limit);

	/**
	 * Walks over the lanes of a handler that have calls.
	 * @param handler the handler's name
	 * @param after the key of the last lane walked over, {@code null} to begin
	 * @param limit over how many lanes at most
	 * @return what was found
	 */
	Walk walk(String handler, @Nullable String after, int limit);

	/**
	 * Looks how much waits.
	 * @param handler the handler's name
	 * @param most how far to count
	 * @return the numbers
	 */
	Backlog backlog(String handler, int most);

	/**
	 * Returns calls that were given up.
	 * @param handler of which handler, {@code null} for all
	 * @param limit how many at most
	 * @return the letters, the one longest dead first
	 */
	List<DeadLetter> dead(@Nullable String handler, int limit);

	/**
	 * Returns a call that was given up.
	 * @param id its id
	 * @return the letter, {@code null} if there is none
	 */
	@Nullable DeadLetter dead(String id);

	/**
	 * Counts the calls that were given up.
	 * @return how many there are of each handler
	 */
	Map<String, Long> dead();

	/**
	 * Puts a call that was given up into its lane again. Joins a transaction.
	 * @param id its id
	 * @return the lane, {@code null} if there is no such call
	 */
	@Nullable Lane replay(String id);

	/**
	 * Removes a call that was given up. Joins a transaction.
	 * @param id its id
	 * @return the lane, {@code null} if there is no such call
	 */
	@Nullable Lane discard(String id);

	/**
	 * A lane that was taken.
	 *
	 * @param abandoned whether another owner has had it, and did not give it back
	 * @param place of which call the attempts are
	 * @param attempts how often that was tried
	 */
	record Claim(boolean abandoned, long place, int attempts) {

	}

	/**
	 * What was found on a walk.
	 *
	 * @param free the lanes that anybody may take
	 * @param last the key of the last lane, {@code null} if there is none behind
	 */
	record Walk(List<Lane> free, @Nullable String last) {

		/** Copies the list. */
		public Walk {
			free = List.copyOf(free);
		}

	}

	/**
	 * What waits of a handler.
	 *
	 * @param waiting how many calls, as far as they were counted
	 * @param oldest when the first of them was made, {@code null} if there is none
	 */
	record Backlog(long waiting, @Nullable Instant oldest) {

	}

}
