package io.greenroom.durable;

import java.util.List;

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
	 * @return whether it is: {@code false} if the row that is there is not of the version
	 * before, or if there is none and this is not the first version
	 */
	boolean write(Row row);

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
