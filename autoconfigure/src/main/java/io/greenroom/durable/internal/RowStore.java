package io.greenroom.durable.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The rows of a database. Each write names the version that it follows: of two that
 * follow the same one, one is made. For integrations; users don't need this.
 * <p>
 * Safe for use by many threads. Every method blocks for as long as the database takes. A
 * failure of the database is thrown as the integration throws it, and leaves open whether
 * a write was made.
 */
public interface RowStore {

	/**
	 * Looks whether rows can be kept, before the first is.
	 * @throws IllegalStateException if they can't; says what to do
	 */
	void open();

	/**
	 * Returns the names of the handlers there are rows of, for the start to look at.
	 * @return the names; none where the start does without the database
	 */
	List<String> handlers();

	/**
	 * Reads a row.
	 * @param id which
	 * @return the row, {@code null} if there is none
	 */
	@Nullable Row find(RowId id);

	/**
	 * Makes a row, or writes the next version of one. Joins the transaction that
	 * {@link #transaction} tells of, and commits itself where there is none.
	 * @param row what is to be there
	 * @param call the call from another node that has changed it, to be there with it;
	 * {@code null} for none
	 * @return whether it is: {@code false} if the row that is there is not of the version
	 * before, or if there is none and this is not the first version, or if the call is
	 * there already; a transaction that was joined must not commit then
	 */
	boolean write(Row row, @Nullable MadeCall call);

	/**
	 * Writes as {@link #write} does, but commits it whatever transaction the thread is
	 * in.
	 * @param row what is to be there
	 * @param call the call from another node that has changed it; {@code null} for none
	 * @return whether it is
	 */
	boolean commit(Row row, @Nullable MadeCall call);

	/**
	 * Reads the rows that are in a state, and have not failed there or been stopped.
	 * @param handler the name of the handler
	 * @param state the name of the state
	 * @param limit how many rows at most
	 * @return the rows, the one longest there first
	 */
	List<Row> in(String handler, String state, int limit);

	/**
	 * Counts the rows of a handler that are in a state, and have not failed there or been
	 * stopped.
	 * @param handler the name of the handler
	 * @return how many are in each state, by its name
	 */
	Map<String, Long> counts(String handler);

	/**
	 * Reads the rows that nothing but a hand gets on with.
	 * @param handler the name of the handler
	 * @param states the names of all states that its class has
	 * @param limit how many rows at most
	 * @return the rows that have failed, or are in no state of the class, the one longest
	 * there first
	 */
	List<Row> stranded(String handler, Collection<String> states, int limit);

	/**
	 * Counts the rows that nothing but a hand gets on with.
	 * @param handler the name of the handler
	 * @param states the names of all states that its class has
	 * @return how many have failed, or are in no state of the class
	 */
	long strandedCount(String handler, Collection<String> states);

	/**
	 * Reads the rows whose timeout comes.
	 * @param handler the name of the handler
	 * @param states the names of all states that its class has
	 * @param until until when
	 * @param limit how many rows at most
	 * @return the keys, the one longest overdue first
	 */
	List<RowId> due(String handler, Collection<String> states, Instant until, int limit);

	/**
	 * Reads the rows whose body is run by a node that is not there any more.
	 * @param handler the name of the handler
	 * @param states the names of all states that its class has
	 * @param timeout how long a node must not have been seen
	 * @param limit how many rows at most
	 * @return the keys, the one longest in its state first
	 */
	List<RowId> abandoned(String handler, Collection<String> states, Duration timeout, int limit);

	/**
	 * Says that a node is there, by the time of the database.
	 * @param node its id
	 */
	void seen(String node);

	/**
	 * Says that a node has gone.
	 * @param node its id
	 */
	void left(String node);

	/**
	 * Returns whether a node is there.
	 * @param node its id
	 * @param timeout how long it must not have been seen to be gone
	 * @return whether it was seen since, by the time of the database
	 */
	boolean isSeen(String node, Duration timeout);

	/**
	 * Returns the transaction that a write of this thread would join.
	 * @return what is known of it
	 */
	Transaction transaction();

	/**
	 * Has somebody hear of the end of this thread's transaction, and begin that end.
	 * @param ending who hears; once only
	 */
	void atEnd(Ending ending);

	/**
	 * Returns whether somebody will hear of the end of this thread's transaction.
	 * @param ending who was passed to {@link #atEnd}
	 * @return {@code false} also where that transaction is suspended, and this thread has
	 * another or none
	 */
	boolean isOfThisTransaction(Ending ending);

	/** What a write would join. */
	enum Transaction {

		/** Nothing: a write commits itself. */
		NONE,

		/** A transaction of this database. */
		JOINED,

		/** A transaction of this database in which nothing may be written. */
		READ_ONLY,

		/** A transaction of something else, which a write can't join. */
		FOREIGN

	}

	/** Hears of the end of a transaction, on its thread. */
	interface Ending {

		/**
		 * The transaction is about to commit. What is thrown here rolls it back.
		 */
		void beforeCommit();

		/** What was written is there. */
		void committed();

		/** What was written is not there. */
		void rolledBack();

		/** Whether what was written is there is not known. */
		void unknown();

	}

}
