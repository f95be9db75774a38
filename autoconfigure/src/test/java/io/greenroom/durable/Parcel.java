package io.greenroom.durable;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.keyed.Key;
import io.greenroom.state.State;
import io.greenroom.state.StateHandle;
import io.greenroom.state.StateMachines;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;

/** The machine that most tests have stored. */
@DeferredHandler
@Durable(name = "parcel")
class Parcel {

	private final String id;

	private final JdbcClient jdbc;

	private final Watch watch;

	private final StateMachines machines;

	@Stored
	private long weight;

	@Stored
	private List<String> notes = new ArrayList<>();

	Parcel(@Key String id, JdbcClient jdbc, Watch watch, StateMachines machines) {
		this.id = id;
		this.jdbc = jdbc;
		this.watch = watch;
		this.machines = machines;
		watch.made.merge(id, 1, Integer::sum);
	}

	@State(initial = true, transitionsTo = { "packed", "sorting", "lost", "returned" }, onStart = "weigh")
	void posted(long weight) {
		this.watch.ran(this.id, "posted");
	}

	void weigh(StateHandle next, Object... args) {
		this.watch.ran(this.id, "onStart");
		this.weight = (Long) args[0];
		if (this.weight < 0) {
			throw new IllegalArgumentException("too light");
		}
	}

	/** Its timeout is a quarter of an hour, or what a test has written into the row. */
	@Transactional
	@State(initial = true, transitionsTo = { "sent", "packed" }, timeout = "15m", onTimeout = "sent")
	void packed(String how) {
		this.watch.ran(this.id, "packed");
		this.notes.add(how);
		this.jdbc.sql("insert into ledger (account, why) values (?, ?)").params(this.id, how).update();
		switch (how) {
			case "fail" -> throw new IllegalStateException(this.watch.torn);
			case "give up" -> TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
			case "send" -> sent();
			case "send and fail" -> {
				try {
					sent();
				}
				finally {
					this.notes.add("clean-up");
					if (this.watch.failing) {
						throw new IllegalStateException("torn later");
					}
				}
			}
			case "give up and send" -> {
				TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
				sent();
			}
			default -> {
			}
		}
	}

	@State
	void sent() {
		this.watch.ran(this.id, "sent");
	}

	/** Runs until a test lets it, or somebody interrupts it. */
	@State(initial = true, transitionsTo = { "sent", "lost", "packed" }, onError = "lost")
	void sorting(Label label) throws InterruptedException {
		this.watch.ran(this.id, "sorting " + label);
		this.notes.add("sorted");
		this.watch.mayGoOn.await();
	}

	@State(transitionsTo = "packed")
	void lost(Throwable why) {
		this.watch.ran(this.id, "lost: " + why);
	}

	@State(transitionsTo = { "packed", "sent2" }, timeout = "106751991167d", onTimeout = "sent2")
	void returned() {
		this.watch.ran(this.id, "returned");
	}

	@State(initial = true)
	void sent2() {
	}

	@ReadOnly
	String told() {
		return this.weight + " " + this.notes;
	}

	long add(long more) {
		this.weight += more;
		return this.weight;
	}

	/** A body of the handler that moves the machine and goes on. */
	void pack(String how) {
		this.notes.add("before");
		packed(how);
		this.notes.add("after");
	}

	@Transactional
	void packInTransaction(String how, boolean fails) {
		this.notes.add("before");
		packed(how);
		this.jdbc.sql("insert into ledger (account, why) values (?, ?)").params(this.id, "own").update();
		if (fails) {
			throw new IllegalStateException("no");
		}
	}

	/** Of the object itself, past the mailbox. */
	static boolean is(Object parcel, String id) {
		return parcel instanceof Parcel that && id.equals(that.id);
	}

	void stop() {
		this.machines.of(this).stop();
	}

	/** What JSON has to hold. */
	record Label(String street, BigDecimal price, Instant at, Map<String, List<Integer>> parts) {

	}

	/** What is noticed of all parcels. */
	static class Watch {

		final Map<String, Integer> made = new ConcurrentHashMap<>();

		final Map<String, BlockingQueue<String>> ran = new ConcurrentHashMap<>();

		final AtomicInteger bodies = new AtomicInteger();

		volatile CountDownLatch mayGoOn = new CountDownLatch(1);

		volatile boolean failing;

		/** What a body says that fails. */
		volatile String torn = "torn";

		void ran(String id, String what) {
			this.bodies.incrementAndGet();
			of(id).add(what);
		}

		BlockingQueue<String> of(String id) {
			return this.ran.computeIfAbsent(id, (key) -> new LinkedBlockingQueue<>());
		}

	}

}
