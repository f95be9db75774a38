package io.greenroom.durable.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The rows of a database. Each write names the version that it follows; of two writes
 * that follow the same version, one succeeds. For integrations; not intended for
 * applications.
 * <p>
 * Safe for use by many threads. Every method blocks while it accesses the database. A
 * database failure is thrown as the integration throws it, and leaves open whether a
 * write was made.
 */
public interface RowStore {

	/**
	 * Checks, before the first call, whether rows can be stored.
	 * @throws IllegalStateException if they cannot; the message says what to do
	 */
	void open();

	/**
	 * Returns the names of the handlers that have rows, for the checks at the start.
	 * @return the names; empty if the start does not need the database
	 */
	List<String> handlers();

	/**
	 * Reads a row.
	 * @param id the id of the row
	 * @return the row, or {@code null} if there is none
	 */
	@Nullable Row find(RowId id);

	/**
	 * Creates a row, or writes the next version of one. Joins the transaction that
	 * {@link #transaction} reports, and otherwise commits by itself.
	 * @param row the row to write
	 * @param call the call of another node that caused the write and is stored with it,
	 * or {@code null}
	 * @return whether the row was written; {@code false} if the existing row is not of
	 * the previous version, if there is none and this is not the first version, or if the
	 * call is already stored. In these cases a joined transaction must not commit
	 */
	boolean write(Row row, @Nullable MadeCall call);

	/**
	 * Writes like {@link #write}, but commits regardless of the thread's transaction.
	 * @param row the row to write
	 * @param call the call of another node that caused the write, or {@code null}
	 * @return whether the row was written
	 */
	boolean commit(Row row, @Nullable MadeCall call);

	/**
	 * Reads the rows that are in a state and have neither failed there nor been stopped.
	 * @param handler the name of the handler
	 * @param state the name of the state
	 * @param limit the maximum number of rows
	 * @return the rows, starting with the one that has been there longest
	 */
	List<Row> in(String handler, String state, int limit);

	/**
	 * Counts the rows of a handler that are in a state and have neither failed there nor
	 * been stopped.
	 * @param handler the name of the handler
	 * @return the number of rows by state
	 */
	Map<String, Long> counts(String handler);

	/**
	 * Reads the rows that do not continue without help.
	 * @param handler the name of the handler
	 * @param states the names of all states of its class
	 * @param limit the maximum number of rows
	 * @return the rows that have failed or are in a state that the class does not have,
	 * starting with the one that has been there longest
	 */
	List<Row> stranded(String handler, Collection<String> states, int limit);

	/**
	 * Counts the rows that do not continue without help.
	 * @param handler the name of the handler
	 * @param states the names of all states of its class
	 * @return the number of rows that have failed or are in a state that the class does
	 * not have
	 */
	long strandedCount(String handler, Collection<String> states);

	/**
	 * Reads the rows whose timeout is due.
	 * @param handler the name of the handler
	 * @param states the names of all states of its class
	 * @param until the latest deadline to include
	 * @param limit the maximum number of rows
	 * @return the ids, starting with the one that has been due longest
	 */
	List<RowId> due(String handler, Collection<String> states, Instant until, int limit);

	/**
	 * Reads the rows whose body is run by a node that is gone.
	 * @param handler the name of the handler
	 * @param states the names of all states of its class
	 * @param timeout how long after its last sign of life a node counts as gone
	 * @param limit the maximum number of rows
	 * @return the ids, starting with the one that has been in its state longest
	 */
	List<RowId> abandoned(String handler, Collection<String> states, Duration timeout, int limit);

	/**
	 * Records a sign of life of a node, by the time of the database.
	 * @param node its id
	 */
	void seen(String node);

	/**
	 * Records that a node has left.
	 * @param node its id
	 */
	void left(String node);

	/**
	 * Returns whether a node is present.
	 * @param node its id
	 * @param timeout how long after its last sign of life a node counts as gone
	 * @return whether the node has shown a sign of life within the timeout, by the time
	 * of the database
	 */
	boolean isSeen(String node, Duration timeout);

	/**
	 * Returns the transaction that a write of this thread would join.
	 * @return the kind of transaction
	 */
	Transaction transaction();

	/**
	 * Returns whether this thread's transaction of this database has lost its connection.
	 * May also be called by a listener for its end. Does not throw.
	 * @return {@code true} if the connection is lost, so that a commit that was not made
	 * will not be made; {@code false} if it is not, or there is no transaction
	 */
	boolean isCut();

	/**
	 * Returns whether the failure of a commit proves that the commit was not made.
	 * @param failure the failure, thrown by the transaction that has lost its connection
	 * @return {@code false} if the commit may have been made
	 */
	boolean isNotCommitted(Throwable failure);

	/**
	 * Makes sure that no write that follows a version will be made any more, by writing
	 * the next version itself. Waits for a transaction that has written the row and has
	 * not ended. Commits regardless of the thread's transaction.
	 * @param id the id of the row
	 * @param version the version of the row
	 * @return whether there was no such write; {@code false} also if there is no row
	 */
	boolean forestall(RowId id, long version);

	/**
	 * Registers a listener for the end of this thread's transaction.
	 * @param ending the listener, which is notified once
	 */
	void atEnd(Ending ending);

	/**
	 * Returns whether a listener is registered for this thread's current transaction.
	 * @param ending a listener that was passed to {@link #atEnd}
	 * @return whether it is; {@code false} also if its transaction is suspended
	 */
	boolean isOfThisTransaction(Ending ending);

	/** The kind of transaction that a write would join. */
	enum Transaction {

		/** There is no transaction. A write commits by itself. */
		NONE,

		/** A transaction of this database. */
		JOINED,

		/** A read-only transaction of this database. */
		READ_ONLY,

		/** A transaction of another resource, which a write cannot join. */
		FOREIGN

	}

	/** A listener for the end of a transaction, called on its thread. */
	interface Ending {

		/**
		 * Called before the commit. An exception rolls the transaction back.
		 */
		void beforeCommit();

		/** Called when the transaction has committed. */
		void committed();

		/** Called when the transaction was rolled back. */
		void rolledBack();

		/** Called when the outcome of the transaction is not known. */
		void unknown();

	}

}
