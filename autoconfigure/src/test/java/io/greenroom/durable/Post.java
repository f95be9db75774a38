package io.greenroom.durable;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import org.slf4j.MDC;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;

/** What most tests of stored calls have delivered, and what becomes of it. */
final class Post {

	/** What bodies do, by what they are told. */
	static final Map<String, Act> ACTS = new ConcurrentHashMap<>();

	/** What bodies have begun with, in their order, by the same. */
	static final Map<String, List<String>> SEEN = new ConcurrentHashMap<>();

	private Post() {
	}

	static List<String> seen(String what) {
		return SEEN.computeIfAbsent(what, (any) -> new CopyOnWriteArrayList<>());
	}

	private static void act(String what, int number) throws Exception {
		seen(what).add(number + "#" + Delivery.current().attempt());
		Act act = ACTS.get(what);
		if (act != null) {
			act.on(number);
		}
	}

	/** What a body does. */
	interface Act {

		void on(int number) throws Exception;

	}

	/** A handler without keys. */
	@DeferredHandler
	static class Mails {

		private final JdbcClient jdbc;

		Mails(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@Oneway(durable = true)
		void plain(String what, int number) throws Exception {
			act(what, number);
		}

		@Oneway(durable = true)
		@Transactional(rollbackFor = Exception.class)
		void booked(String what, int number) throws Exception {
			this.jdbc.sql("insert into effect values (?, ?, ?)").params(what, number, Delivery.current().id()).update();
			act(what, number);
		}

		@Oneway(durable = true)
		@Transactional
		void quietlyUndone(String what, int number) throws Exception {
			this.jdbc.sql("insert into effect values (?, ?, ?)").params(what, number, Delivery.current().id()).update();
			act(what, number);
			if (Delivery.current().attempt() == 1) {
				TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
			}
		}

		@Oneway(durable = true)
		void context(String what) throws Exception {
			seen(what).add(String.valueOf(MDC.get("who")));
			act(what, 0);
		}

		@Oneway
		void ordinary(String what, int number) {
			seen(what).add(String.valueOf(number));
		}

		int answer() {
			return 42;
		}

	}

	/** A handler by key, in memory. */
	@DeferredHandler
	static class Parcels {

		private final String id;

		private final JdbcClient jdbc;

		Parcels(@Key String id, JdbcClient jdbc) {
			this.id = id;
			this.jdbc = jdbc;
		}

		@Oneway(durable = true)
		void plain(int number) throws Exception {
			act(this.id, number);
		}

		@Oneway(durable = true)
		@Transactional
		void booked(int number) throws Exception {
			this.jdbc.sql("insert into effect values (?, ?, ?)")
				.params(this.id, number, Delivery.current().id())
				.update();
			act(this.id, number);
		}

	}

	/** A durable handler by key. */
	@DeferredHandler
	@Durable(name = "tally")
	static class Tally {

		private final String id;

		private final Keyed<String, Parcels> parcels;

		@Stored
		private int sum;

		Tally(@Key String id, Keyed<String, Parcels> parcels) {
			this.id = id;
			this.parcels = parcels;
		}

		@Oneway(durable = true)
		@Transactional
		void add(int number) throws Exception {
			this.sum += number;
			act(this.id, number);
		}

		@Transactional
		int send(int number, boolean fail) throws Exception {
			this.parcels.get(this.id).booked(number);
			this.sum++;
			if (fail) {
				throw new IllegalStateException("no");
			}
			return this.sum;
		}

		int sum() {
			return this.sum;
		}

	}

}
