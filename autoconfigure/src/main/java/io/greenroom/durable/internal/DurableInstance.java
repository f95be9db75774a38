package io.greenroom.durable.internal;

import java.util.Map;
import java.util.Objects;
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
 * The fence of one instance: knows what is stored of it, and stands round its bodies. For
 * integrations; users don't need this.
 * <p>
 * Confined to the threads that hold the handler, of which one at a time runs a body that
 * is not read-only.
 */
public final class DurableInstance {

	private static final Logger log = LoggerFactory.getLogger(Durable.class);

	private final RowId id;

	private final DurableType type;

	private final Object target;

	private final Codec codec;

	private final RowStore rows;

	/** Has another instance made for the next call. */
	private final Runnable drop;

	/** What was there when the instance was made. */
	private @Nullable Row row;

	/** Of the row, 0 for none; with what the transaction under way has written. */
	private long version;

	/** The stored fields when that was written, or when the instance was ready. */
	private String values = "{}";

	/** Where the machine is by the row, with what the transaction has written. */
	private Row.@Nullable Place place;

	/** What was stored when the body of a state began, and the version of it. */
	private String atStart = "{}";

	private long versionAtStart;

	/** Where the machine is to be by the body of its state. */
	private Row.@Nullable Place wanted;

	/** Whether these are to be written though no body changes them. */
	private boolean behind;

	/** How many bodies that are not read-only have begun and not ended. */
	private int depth;

	/** What this wrote in a transaction that has not ended. */
	private @Nullable Written written;

	/** Set by bodies that only read, which run beside each other. */
	private volatile boolean read;

	/** Why this is not used any more. */
	private volatile @Nullable String dropped;

	/**
	 * Makes the fence of an instance that is not loaded yet.
	 * @param id its row
	 * @param type what is stored of it
	 * @param target the instance
	 * @param codec writes the fields
	 * @param rows where the row is
	 * @param drop has another instance made for the next call
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
	 * Sets the stored fields to what is in the row, if there is one.
	 * @throws UnreadableRowException if it can't be read
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
					"The row of %s was written by version %d of its class, and this is version %d; run the newer one, or correct the row"
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
	 * Notes what the stored fields are before the first call. To be called when the
	 * instance is initialized.
	 * @throws IllegalStateException if they can't be written
	 */
	public void ready() {
		String ready = text("before the first call");
		this.behind = this.version > 0 && !ready.equals(this.values);
		this.values = ready;
	}

	/**
	 * Runs a body, and stores what it has changed.
	 * @param method the name of the method, for messages
	 * @param readOnly whether it changes nothing
	 * @param body the body
	 * @return what it returns
	 * @throws Throwable what it throws, or what keeps its work from being stored
	 */
	public @Nullable Object run(String method, boolean readOnly, Body body) throws Throwable {
		if (isDropped()) {
			// It is still what calls are served by.
			this.drop.run();
		}
		requireUsed(method);
		if (readOnly) {
			try {
				return body.run();
			}
			finally {
				this.read = true;
			}
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
		}
	}

	void requireUsed(String method) {
		String reason = this.dropped;
		if (reason != null) {
			throw new StaleInstanceException("%s.%s stored nothing: %s. The next call makes the instance anew"
				.formatted(this.id, method, reason));
		}
	}

	/** Takes back what bodies have changed that may not; returns what is stored. */
	private String undoRead() {
		if (this.read) {
			this.read = false;
			if (!this.values.equals(textOrNull())) {
				log.warn(
						"A @ReadOnly method has changed the stored fields of {}, which are again as they were; take @ReadOnly off the method that changes them",
						this.id);
				restore(this.values);
			}
		}
		return this.values;
	}

	/** The body has returned. */
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
					"%s.%s was in a transaction of something else than the database of the durable handlers, which its row could not be written in; use the transaction manager of that database"
						.formatted(this.id, method));
			case READ_ONLY -> throw new IllegalStateException(
					"%s.%s %s in a read-only transaction; take readOnly = true off its @Transactional".formatted(
							this.id, method, (next == this.place) ? "has changed a stored field" : "is a state"));
			case NONE, JOINED -> write(method, now, next, call, fenced);
		}
	}

	private void write(String method, String now, Row.@Nullable Place next, @Nullable MadeCall call, boolean joined) {
		Written before = this.written;
		if (before != null && !(joined && this.rows.isOfThisTransaction(before))) {
			throw new IllegalStateException(
					"%s.%s can't write the row, which a transaction that it was called in has written and not committed; don't call the own handler in another transaction (REQUIRES_NEW, NOT_SUPPORTED)"
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
			drop("its row could not be written, or it is not known whether it was");
			throw failure;
		}
		if (!done) {
			String reason = (this.version == 0) ? "somebody else has made its row meanwhile"
					: "somebody else has written its row, or deleted it, since version " + this.version;
			drop(reason);
			requireUsed(method);
		}
		this.version = row.version();
		this.values = now;
		this.place = next;
		this.behind = false;
	}

	/** The body of a state begins. */
	void begin(String state) {
		requireUsed(state);
		this.atStart = (this.depth > 0) ? text(state) : undoRead();
		this.versionAtStart = this.version;
		this.depth++;
	}

	/** The body of a state has returned, or moves the machine on. */
	void end(String state, Row.Place next) {
		requireUsed(state);
		this.wanted = next;
		store(state, next, null);
		this.depth--;
	}

	/** The body of a state has thrown, or its end could not be stored. */
	void fail(Throwable thrown) {
		this.wanted = null;
		failed(thrown, (this.version == this.versionAtStart) ? this.atStart : this.values, null);
		this.depth--;
	}

	/** Returns whether what the body of a state has stored is still so. */
	boolean isWritten() {
		return !isDropped() && this.written == null && this.place == this.wanted;
	}

	/**
	 * Writes where the machine is, and whatever the fields are now, by itself: at once,
	 * and whatever becomes of the transaction of the thread.
	 */
	void keep(String state, Row.Place next) {
		requireUsed(state);
		if (this.written != null) {
			throw new IllegalStateException(
					"%s can't move to '%s' in a transaction that has written its row; move after the transaction, or by stateMachines.afterCommit(...)"
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

	/** Writes which node runs the body; the fields stay as they are in the row. */
	void takeOver(Row.Place next) {
		Row before = Objects.requireNonNull(this.row);
		Row row = new Row(this.id, before.version() + 1, before.shape(), before.stored(), next);
		if (!this.rows.commit(row, null)) {
			throw new StaleInstanceException(
					"%s was taken over by somebody else in this moment; call again".formatted(this.id));
		}
		this.version = row.version();
		this.place = next;
		this.row = row;
	}

	/** Nothing was kept: fields are as they are stored. */
	void giveUp() {
		if (this.depth == 0 && !isDropped() && !this.values.equals(textOrNull())) {
			restore(this.values);
		}
	}

	/** The object is had for a move. */
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

	/** The body, or what comes after it, has thrown. */
	private void failed(Throwable failure, String before, @Nullable CallRun call) {
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
				// It may commit all the same, with what the body has written there.
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

	private void restore(String text) {
		try {
			this.type.set(this.target, this.codec.read(this.type.types(), text));
		}
		catch (Throwable failure) {
			Failures.log(log, Level.WARN, failure,
					"The stored fields of {} could not be set back to what they were; the instance is made anew",
					this.id);
			drop("its stored fields could not be set back to what they were");
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
				// What can't be read back would make the key useless for ever.
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
		catch (CodecException | StackOverflowError unwritable) {
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
		 * Runs it.
		 * @return what it returns
		 * @throws Throwable what it throws
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

		/** The call whose body has thrown, if it may be asked for again. */
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
				// Its body threw, and what that has written is fenced too.
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
			drop("it is not known whether its last transaction was committed");
		}

	}

}
