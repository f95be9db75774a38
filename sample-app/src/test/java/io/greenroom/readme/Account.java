package io.greenroom.readme;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.durable.Durable;
import io.greenroom.durable.Stored;
import io.greenroom.keyed.Key;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Outside of what the sample scans. */
@Service
@DeferredHandler
@Durable
class Account {

	private final String id;

	private final JdbcClient jdbc;

	@Stored
	private long cents; // in the row of its key

	Account(@Key String id, JdbcClient jdbc) {
		this.id = id;
		this.jdbc = jdbc;
	}

	long deposit(long amount) {
		return this.cents += amount; // stored before the caller has its answer
	}

	@Transactional
	void withdraw(long amount, String why) {
		this.cents -= amount;
		this.jdbc.sql("insert into ledger (account, cents, why) values (?, ?, ?)")
			.params(this.id, -amount, why)
			.update();
		if (this.cents < 0) {
			throw new IllegalStateException(this.id + " is overdrawn"); // all is undone
		}
	}

	@ReadOnly
	long balance() {
		return this.cents;
	}

}
