package io.greenroom.durable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;

/** What most tests have stored. */
@DeferredHandler
@Durable(name = "account")
class Account {

	private final String id;

	private final JdbcClient jdbc;

	private final ObjectProvider<Keyed<String, Account>> accounts;

	@Stored
	private long cents;

	@Stored
	private List<String> notes = new ArrayList<>();

	private int calls;

	Account(@Key String id, JdbcClient jdbc, ObjectProvider<Keyed<String, Account>> accounts) {
		this.id = id;
		this.jdbc = jdbc;
		this.accounts = accounts;
	}

	long deposit(long amount) {
		this.calls++;
		this.cents += amount;
		return this.cents;
	}

	@Oneway
	void depositLater(long amount) {
		this.cents += amount;
	}

	void fail(long amount) {
		this.cents += amount;
		this.notes.add("failed");
		throw new IllegalStateException("no");
	}

	@Transactional
	void withdraw(long amount, String why) {
		this.cents -= amount;
		this.notes.add(why);
		enter(why);
		if (this.cents < 0) {
			throw new IllegalStateException("overdrawn");
		}
	}

	/** The transaction commits all the same. */
	@Transactional
	void withdrawChecked(long amount, String why) throws IOException {
		this.cents -= amount;
		enter(why);
		throw new IOException("printer");
	}

	@Transactional
	void giveUp(long amount, String why) {
		this.cents -= amount;
		enter(why);
		TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
	}

	@Transactional(propagation = Propagation.REQUIRES_NEW)
	long depositInNew(long amount) {
		return deposit(amount);
	}

	@Transactional
	long depositInSame(long amount) {
		return deposit(amount);
	}

	@Transactional(readOnly = true)
	long readOnlyTransaction(long amount) {
		this.cents += amount;
		return this.cents;
	}

	@Transactional
	void touch() {
		enter("touched");
	}

	/** Calls this key by its own view, within a body that has changed something. */
	@Transactional
	void nestNew(boolean fails) {
		this.cents += 1;
		Account self = this.accounts.getObject().get(this.id);
		self.depositInNew(10);
		this.cents += 100;
		if (fails) {
			throw new IllegalStateException("outer");
		}
	}

	@Transactional
	void nestSame(boolean fails) {
		this.cents += 1;
		this.accounts.getObject().get(this.id).depositInSame(10);
		this.cents += 100;
		if (fails) {
			throw new IllegalStateException("outer");
		}
	}

	/** The inner one writes the row, and the next one can't in another transaction. */
	@Transactional
	void nestSameThenNew() {
		Account self = this.accounts.getObject().get(this.id);
		self.depositInSame(10);
		self.depositInNew(10);
	}

	long nestFailing() {
		this.cents += 1;
		try {
			this.accounts.getObject().get(this.id).fail(10);
		}
		catch (IllegalStateException expected) {
			// As before that call.
		}
		return this.cents;
	}

	@ReadOnly
	long balance() {
		return this.cents;
	}

	@ReadOnly
	long cheat() {
		return ++this.cents;
	}

	@ReadOnly
	List<String> notes() {
		return List.copyOf(this.notes);
	}

	/** Of this instance, in memory only. */
	@ReadOnly
	int calls() {
		return this.calls;
	}

	void endlessNote() {
		this.cents += 1;
		this.notes.add(null);
		this.notes = new Unwritable();
	}

	private void enter(String why) {
		this.jdbc.sql("insert into ledger (account, why) values (?, ?)").params(this.id, why).update();
	}

	static class UnwritableNumbers extends ArrayList<Integer> {

		@Override
		public int size() {
			throw new UnsupportedOperationException("not to be counted");
		}

	}

	static class Unwritable extends ArrayList<String> {

		@Override
		public java.util.Iterator<String> iterator() {
			throw new UnsupportedOperationException("not to be iterated");
		}

	}

}
