package io.greenroom.durable.internal;

import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.BiPredicate;

import io.greenroom.durable.Durable;
import io.greenroom.durable.StaleInstanceException;
import io.greenroom.durable.UnreadableRowException;
import io.greenroom.durable.Upgrade;
import io.greenroom.observe.internal.Failures;
import io.greenroom.wire.Codec;
import io.greenroom.wire.CodecException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The fence of one instance. It knows what is stored of the instance, and wraps its
 * bodies. For integrations; not intended for applications.
 * <p>
 * Confined to the threads that hold the handler. Of these, only one at a time runs a body
 * that is not read-only.
 */
public final class DurableInstance {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	private final RowId id;

	private final DurableType type;

	private final Object target;

	private final Codec codec;

	private final RowStore rows;

	/** Causes another instance to be created for the next call. */
	private final Runnable drop;

	/** The row that was found when the instance was created. */
	private @Nullable Row row;

	/**
	 * The version of the row, including the write of a running transaction; 0 if there is
	 * no row.
	 */
	private long version;

	/** The stored fields as of the last write, or as of the end of initialisation. */
	private String values = "{}";

	/**
	 * Where the machine is according to the row, including the write of a running
	 * transaction.
	 */
	private Row.@Nullable Place place;

	/** What was stored, and its version, when the body of a state began. */
	private String atStart = "{}";

	private long versionAtStart;

	/** Where the machine is to be according to the body of its state. */
	private Row.@Nullable Place wanted;

	/** Whether the fields must be written although no body changes them. */
	private boolean behind;

	/** The number of running bodies that are not read-only. */
	private int depth;

	/** What this instance wrote in a transaction that has not ended. */
	private @Nullable Written written;

	/** Set by read-only bodies, which run concurrently. */
	private volatile boolean read;

	/** Why the instance is no longer used. */
	private volatile @Nullable String dropped;

	/**
	 * Creates the fence of an instance that is not loaded yet.
	 * @param id its row
	 * @param type what is stored of the instance
	 * @param target the instance
	 * @param codec writes the fields
	 * @param rows the store of the row
	 * @param drop causes another instance to be created for the next call
	 */
	public DurableInstance(RowId id, DurableType type, Object target, Codec codec, RowStore rows, Runnable drop) {
		this.id = Objects.requireNonNull(id, "id");
		this.type = Objects.requireNonNull(type, "type");
		this.target = Objects.requireNonNull(target, "target");
		this.codec = Objects.requireNonNull(codec, "codec");
		this.rows = Objects.requireNonNull(rows, "rows");
		this.drop = Objects.requireNonNull(drop, "drop");
	}

	/**
	 * Sets the stored fields to the values of the row, if there is one.
	 * @throws UnreadableRowException if the row cannot be read
	 * @throws Throwable what the {@link Upgrade} method or the database throws
	 */
	public void load() throws Throwable {
		Row row = this.rows.find(this.id);
		this.row = row;
		if (row == null) {
			return;
		}
		this.version = row.version();
		this.place = row.place();
		if (row.shape() > this.type.version()) {
			throw new UnreadableRowException(
					"The row of %s was written by version %s of its class, and this is version %s; run the newer one, or correct the row"
						.formatted(this.id, row.shape(), this.type.version()),
					null);
		}
		if (row.stored() == null) {
			return;
		}
		this.values = row.stored();
		try {
			if (row.shape() < this.type.version() && this.type.isUpgrading()) {
				Map<String, @Nullable Object> older = this.codec.read(row.stored());
				this.type.upgrade(this.target, row.shape(), older);
				return;
			}
			this.type.set(this.target, this.codec.read(this.type.types(), row.stored()));
		}
		catch (CodecException ex) {
			throw new UnreadableRowException(
					"The row of %s can't be read: %s; correct the row, or read it in an @Upgrade method and raise @Durable(version)"
						.formatted(this.id, ex.getMessage()),
					ex);
		}
	}

	/**
	 * Records the stored fields before the first call. Must be called after the instance
	 * is initialized.
	 * @throws IllegalStateException if they cannot be written
	 */
	public void ready() {
		String ready = text("before the first call");
		this.behind = this.version > 0 && !ready.equals(this.values);
		this.values = ready;
	}

	/**
	 * Runs a body and stores its changes.
	 * @param method the name of the method, for messages
	 * @param readOnly whether the body changes nothing
	 * @param body the body
	 * @return the result of the body
	 * @throws Throwable the exception of the body, or why its changes could not be stored
	 */
	public @Nullable Object run(String method, boolean readOnly, Body body) throws Throwable {
		if (isDropped()) {
			// Calls are still served by this instance.
			this.drop.run();
		}
		requireUsed(method);
		if (readOnly) {
			return read(method, body);
		}
		CallRun call = (this.depth == 0) ? CallRun.enter(this.id.key(), method) : null;
		String before = (this.depth > 0) ? text(method) : undoRead();
		long writes = this.version;
		this.depth++;
		try {
			Object result = body.run();
			requireUsed(method);
			store(method, this.place, (call != null) ? call.returned(result) : null);
			return result;
		}
		catch (Throwable failure) {
			failed(failure, (this.version == writes) ? before : this.values, call);
			throw failure;
		}
		finally {
			this.depth--;
			if (call != null && this.written != null && this.written.version == writes) {
				// Nothing of the call was stored before this transaction.
				this.written.call = call;
			}
		}
	}

	private @Nullable Object read(String method, Body body) throws Throwable {
		CallRun call = CallRun.enter(this.id.key(), method);
		try {
			return body.run();
		}
		catch (Throwable failure) {
			if (call != null && isCut(failure)) {
				call.undone();
			}
			throw failure;
		}
		finally {
			this.read = true;
		}
	}

	void requireUsed(String method) {
		String reason = this.dropped;
		if (reason != null) {
			CallRun.refused(this.id.key());
			throw new StaleInstanceException("%s.%s stored nothing: %s. The next call creates the instance again"
				.formatted(this.id, method, reason));
		}
	}

	/** Undoes changes of read-only bodies. Returns what is stored. */
	private String undoRead() {
		if (this.read) {
			this.read = false;
			if (!this.values.equals(textOrNull())) {
				log.warn(
						"A @ReadOnly method has changed the stored fields of {}; the change was undone; remove @ReadOnly from the method that changes them",
						this.id);
				restore(this.values);
			}
		}
		return this.values;
	}

	/** Stores the changes of a body that has returned. */
	private void store(String method, Row.@Nullable Place next, @Nullable MadeCall call) {
		String now = text(method);
		boolean same = now.equals(this.values) && next == this.place;
		RowStore.Transaction transaction = this.rows.transaction();
		boolean fenced = transaction == RowStore.Transaction.JOINED;
		if (same && !fenced && !(this.behind && transaction == RowStore.Transaction.NONE)) {
			return;
		}
		switch (transaction) {
			case FOREIGN -> throw new IllegalStateException(
					"%s.%s ran in a transaction that does not belong to the database of the durable handlers, so its row could not be written; use the transaction manager of that database"
						.formatted(this.id, method));
			case READ_ONLY -> throw new IllegalStateException(
					"%s.%s %s in a read-only transaction; remove readOnly = true from its @Transactional".formatted(
							this.id, method, (next == this.place) ? "has changed a stored field" : "is a state"));
			case NONE, JOINED -> write(method, now, next, call, fenced);
		}
	}

	private void write(String method, String now, Row.@Nullable Place next, @Nullable MadeCall call, boolean joined) {
		Written before = this.written;
		if (before != null && !(joined && this.rows.isOfThisTransaction(before))) {
			throw new IllegalStateException(
					"%s.%s can't write the row, because an outer transaction has written it and not committed; don't call the same handler in another transaction (REQUIRES_NEW, NOT_SUPPORTED)"
						.formatted(this.id, method));
		}
		if (joined && before == null) {
			hear();
		}
		if (this.written != null) {
			this.written.writes++;
		}
		write(method, now, next, call, this.rows::write);
	}

	private void write(String method, String now, Row.@Nullable Place next, @Nullable MadeCall call,
			BiPredicate<Row, @Nullable MadeCall> writing) {
		Row row = new Row(this.id, this.version + 1, this.type.version(), now, next);
		boolean done;
		try {
			done = writing.test(row, call);
		}
		catch (Throwable failure) {
			drop("its row could not be written, or the outcome of the write is unknown");
			throw failure;
		}
		if (!done) {
			String reason = (this.version == 0) ? "its row was created elsewhere in the meantime"
					: "its row was changed or deleted elsewhere since version " + this.version;
			drop(reason);
			requireUsed(method);
		}
		this.version = row.version();
		this.values = now;
		this.place = next;
		this.behind = false;
	}

	/** Called when the body of a state begins. */
	void begin(String state) {
		requireUsed(state);
		this.atStart = (this.depth > 0) ? text(state) : undoRead();
		this.versionAtStart = this.version;
		this.depth++;
	}

	/** Called when the body of a state has returned, or moves the machine. */
	void end(String state, Row.Place next) {
		requireUsed(state);
		this.wanted = next;
		store(state, next, null);
		this.depth--;
	}

	/** Called when the body of a state has thrown, or its end could not be stored. */
	void fail(Throwable thrown) {
		this.wanted = null;
		try {
			failed(thrown, (this.version == this.versionAtStart) ? this.atStart : this.values, null);
		}
		finally {
			this.depth--;
		}
	}

	/** Returns whether the write of the state's body is still valid. */
	boolean isWritten() {
		return !isDropped() && this.written == null && this.place == this.wanted;
	}

	/**
	 * Writes where the machine is together with the current fields, immediately and
	 * independently of the thread's transaction.
	 */
	void keep(String state, Row.Place next) {
		requireUsed(state);
		if (this.written != null) {
			throw new IllegalStateException(
					"%s can't move to '%s' in a transaction that has written its row; move after the transaction, or with stateMachines.afterCommit(...)"
						.formatted(this.id, next.state()));
		}
		boolean midway = this.depth > 0 && this.rows.transaction() != RowStore.Transaction.NONE;
		CallRun call = CallRun.enterMove(this.id.key());
		try {
			write(state, midway ? this.values : text(state), next, (call != null) ? call.returned(null) : null,
					this.rows::commit);
		}
		catch (StaleInstanceException stale) {
			if (call != null) {
				call.fenced();
			}
			throw stale;
		}
	}

	/**
	 * Returns an executor for {@link #keep}, in which the call that this thread makes is
	 * stored with the move.
	 */
	Executor requester() {
		CallRun call = CallRun.enterMove(this.id.key());
		return (call != null) ? call.later() : Runnable::run;
	}

	/** Writes which node runs the body. The fields stay as they are in the row. */
	void takeOver(Row.Place next) {
		Row before = Objects.requireNonNull(this.row);
		Row row = new Row(this.id, before.version() + 1, before.shape(), before.stored(), next);
		if (!this.rows.commit(row, null)) {
			throw new StaleInstanceException(
					"%s was taken over elsewhere at the same moment; call again".formatted(this.id));
		}
		this.version = row.version();
		this.place = next;
		this.row = row;
	}

	/** Called when nothing was kept; the fields are as they are stored. */
	void giveUp() {
		if (this.depth == 0 && !isDropped() && !this.values.equals(textOrNull())) {
			restore(this.values);
		}
	}

	/** Called when a move holds the object. */
	void hold() {
		if (this.depth == 0) {
			undoRead();
		}
	}

	boolean isDropped() {
		return this.dropped != null;
	}

	Row.@Nullable Place place() {
		return this.place;
	}

	RowId id() {
		return this.id;
	}

	private void hear() {
		Written mine = new Written(this.version, this.values, this.behind, this.place);
		this.rows.atEnd(mine);
		this.written = mine;
	}

	/** Called when the body, or the work after it, has thrown. */
	private void failed(Throwable failure, String before, @Nullable CallRun call) {
		if (call != null && this.rows.transaction() == RowStore.Transaction.JOINED && isCut(failure)) {
			followCut(failure);
		}
		if (this.dropped != null) {
			if (call != null && failure instanceof StaleInstanceException) {
				call.fenced();
			}
			return;
		}
		if (!before.equals(textOrNull())) {
			restore(before);
		}
		try {
			if (this.written == null && this.rows.transaction() == RowStore.Transaction.JOINED) {
				// The transaction may commit regardless, with what the body has written
				// there.
				hear();
			}
			if (this.written != null && call != null) {
				this.written.threw = call.threw(failure);
			}
		}
		catch (Throwable second) {
			Failures.suppress(failure, second);
			drop("its transaction could not be followed");
		}
	}

	/** Called when the connection of a call's transaction is lost. */
	private void followCut(Throwable failure) {
		try {
			if (this.written == null) {
				hear();
			}
			Objects.requireNonNull(this.written).cut = true;
		}
		catch (Throwable second) {
			Failures.suppress(failure, second);
			drop("its transaction could not be followed");
		}
	}

	/**
	 * Returns whether the body has failed because its transaction has lost its
	 * connection. The database is only asked if it has to do with the failure.
	 */
	private boolean isCut(Throwable failure) {
		return Failures.causes(failure).stream().anyMatch(SQLException.class::isInstance) && isCut();
	}

	/** An interrupt also breaks a connection, and its body is meant to end. */
	private boolean isCut() {
		return !Thread.currentThread().isInterrupted() && this.rows.isCut();
	}

	private void restore(String text) {
		try {
			this.type.set(this.target, this.codec.read(this.type.types(), text));
		}
		catch (Throwable failure) {
			Failures.log(log, Level.WARN, failure,
					"The stored fields of {} could not be restored; the instance is created again", this.id);
			drop("its stored fields could not be restored");
		}
	}

	private void drop(String reason) {
		if (this.dropped == null) {
			this.dropped = reason;
			this.drop.run();
		}
	}

	private String text(String method) {
		Map<String, @Nullable Object> now = this.type.values(this.target);
		try {
			String text = this.codec.write(this.type.types(), now);
			if (!text.equals(this.values)) {
				// A value that cannot be read back would make the key unusable for good.
				this.codec.read(this.type.types(), text);
			}
			return text;
		}
		catch (CodecException ex) {
			throw new IllegalStateException(
					"The stored fields of %s can't be stored (%s): %s".formatted(this.id, method, ex.getMessage()), ex);
		}
	}

	private @Nullable String textOrNull() {
		try {
			return this.codec.write(this.type.types(), this.type.values(this.target));
		}
		catch (Throwable unwritable) {
			return null;
		}
	}

	@Override
	public String toString() {
		return this.id.toString();
	}

	/** A body. */
	@FunctionalInterface
	public interface Body {

		/**
		 * Runs the body.
		 * @return its result
		 * @throws Throwable its exception
		 */
		@Nullable Object run() throws Throwable;

	}

	/** What was there before a transaction. */
	private final class Written implements RowStore.Ending {

		private final long version;

		private final String values;

		private final boolean behind;

		private final Row.@Nullable Place place;

		private int writes;

		/** The call that is made again if nothing of the transaction was stored. */
		private @Nullable CallRun call;

		/** Whether the connection was lost before the body has ended. */
		private boolean cut;

		/** The call whose body has thrown, if its caller may ask again. */
		private @Nullable MadeCall threw;

		private boolean committing;

		Written(long version, String values, boolean behind, Row.@Nullable Place place) {
			this.place = place;
			this.version = version;
			this.values = values;
			this.behind = behind;
		}

		@Override
		public void beforeCommit() {
			if (this.writes == 0 || this.threw != null) {
				// The body threw, and what it has written is fenced too.
				write("commit", DurableInstance.this.values, DurableInstance.this.place, this.threw, true);
			}
			requireUsed("commit");
			this.committing = true;
		}

		@Override
		public void committed() {
			DurableInstance.this.written = null;
		}

		@Override
		public void rolledBack() {
			if (this.committing) {
				unknown();
				return;
			}
			if (this.cut && this.call != null) {
				this.call.undone();
			}
			DurableInstance.this.written = null;
			boolean changed = DurableInstance.this.version != this.version;
			DurableInstance.this.version = this.version;
			DurableInstance.this.values = this.values;
			DurableInstance.this.behind = this.behind;
			DurableInstance.this.place = this.place;
			if (changed && DurableInstance.this.dropped == null) {
				restore(this.values);
			}
		}

		@Override
		public void unknown() {
			DurableInstance.this.written = null;
			if (this.call != null && isCut()) {
				this.call.inDoubt(this::isNotCommitted);
			}
			drop("it is not known whether its last transaction was committed");
		}

		private boolean isNotCommitted(Throwable failure) {
			DurableInstance mine = DurableInstance.this;
			return Failures.causes(failure)
				.stream()
				.anyMatch((each) -> each instanceof SQLException reason && mine.rows.isNotCommitted(reason))
					|| mine.rows.forestall(mine.id, this.version);
		}

	}

}
