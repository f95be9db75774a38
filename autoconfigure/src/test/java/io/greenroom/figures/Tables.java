package io.greenroom.figures;

import java.util.List;

import static io.greenroom.figures.Goal.atLeast;
import static io.greenroom.figures.Goal.atMost;
import static io.greenroom.figures.Goal.overBy;
import static io.greenroom.figures.Goal.upTo;
import static io.greenroom.figures.Row.row;

/**
 * What is measured, what it is compared with, and what it is held to. A comparison
 * without a goal is there to be known.
 */
final class Tables {

	private static final List<Table> ALL = List.of(sync(), bean(), timed(), oneway(), move(), pool(), spawn(), meters(),
			context(), growth(), keyed(), durable(), outbox(), besides(), memory(), startUp(), remote(), web(),
			webPool());

	private Tables() {
	}

	static List<Table> all() {
		return ALL;
	}

	/** Returns the tables named, or all if none is. */
	static List<Table> named(List<String> names) {
		for (String name : names) {
			if (ALL.stream().noneMatch((table) -> table.name().equals(name))) {
				throw new IllegalArgumentException(
						"There is no table '%s'; there are %s".formatted(name, ALL.stream().map(Table::name).toList()));
			}
		}
		return ALL.stream().filter((table) -> names.isEmpty() || names.contains(table.name())).toList();
	}

	private static Table sync() {
		return Comparison.of("sync", row("sync call, 1 caller", "SyncCall.handler[callers=1]")
			.floor("two threads that hand one word to each other, with the same yield", "SyncCall.handOff[callers=1]",
					atMost(1.4))
			.peer("executor with one virtual thread, `submit().get()`", "SyncCall.executor[callers=1]", atMost(0.75))
			.peer("executor with one platform thread", "SyncCall.platformExecutor[callers=1]")
			.peer("Pekko typed, `ask`", "SyncCall.pekkoAsk[callers=1]", atMost(0.1)), syncOfMany(8).inLongForm(),
				syncOfMany(64).inLongForm(),
				row("sync call that its caller runs (`CALLER_WHEN_IDLE`), 1 caller",
						"SyncCall.callerWhenIdle[callers=1]")
					.floor("`synchronized`", "SyncCall.monitor[callers=1]")
					.peer("`ReentrantLock`", "SyncCall.reentrantLock[callers=1]", atMost(3)),
				row("the same, 8 callers", "SyncCall.callerWhenIdle[callers=8]")
					.floor("`synchronized`", "SyncCall.monitor[callers=8]")
					.peer("`ReentrantLock`", "SyncCall.reentrantLock[callers=8]")
					.inLongForm());
	}

	private static Row syncOfMany(int callers) {
		String params = "[callers=%d]".formatted(callers);
		return row("sync call, %d callers".formatted(callers), "SyncCall.handler" + params)
			.peer("executor with one virtual thread, `submit().get()`", "SyncCall.executor" + params, atMost(0.75))
			.peer("executor with one platform thread", "SyncCall.platformExecutor" + params)
			.peer("Pekko typed, `ask`", "SyncCall.pekkoAsk" + params);
	}

	private static Table bean() {
		return Comparison.of("bean",
				row("call of a bean that its caller runs", "BeanCall.bean")
					.peer("the same through a handle without Spring", "BeanCall.handle", overBy(150, "ns")),
				oneAtATime("call of a bean, one at a time, 1 caller", 1),
				oneAtATime("call of a bean, one at a time, 8 callers", 8).inLongForm());
	}

	private static Row oneAtATime(String path, int callers) {
		String params = "[callers=%d]".formatted(callers);
		return row(path, "BeanPeers.handler" + params)
			.peer("`@Async` on an executor with one thread, `join()`", "BeanPeers.async" + params)
			.peer("`@ConcurrencyLimit(1)`", "BeanPeers.concurrencyLimit" + params)
			.peer("Resilience4j, a bulkhead of 1", "BeanPeers.bulkhead" + params);
	}

	private static Table timed() {
		return Comparison.of("timed",
				row("sync call with a timeout of its own", "TimedCall.timed")
					.peer("the same with the handler's timeout", "TimedCall.plain")
					.peer("executor with one virtual thread, `get(timeout)`", "TimedCall.executor")
					.peer("Pekko typed, `ask`, which always has one", "SyncCall.pekkoAsk[callers=1]"),
				row("a block with a timeout, `Timeout.after(…).run(…)`", "TimedCall.block"));
	}

	private static Table oneway() {
		return Comparison.of("oneway",
				row("oneway call, 8 producers", "OnewayCall.handler")
					.peer("LMAX Disruptor, whose ring is made beforehand", "OnewayCall.disruptor")
					.peer("executor with one virtual thread, `execute`", "OnewayCall.executor", atMost(0.5))
					.peer("executor with one platform thread", "OnewayCall.platformExecutor")
					.peer("Pekko typed, `tell`", "OnewayCall.pekkoTell", atMost(0.4)));
	}

	private static Table move() {
		return Comparison.of("move",
				row("move to the next state", "StateMove.greenroom")
					.floor("virtual threads that each start the next", "StateMove.rawThreads", atMost(1.5))
					.peer("Spring Statemachine", "StateMove.springStatemachine", atMost(0.05))
					.peer("squirrel-foundation, which has no threads", "StateMove.squirrel", atMost(0.8))
					.peer("stateless4j, which has no threads either", "StateMove.stateless4j"));
	}

	private static Table pool() {
		return Comparison.of("pool", pool("from a virtual thread", "virtual"),
				pool("from a platform thread", "platform").inLongForm());
	}

	private static Row pool(String from, String submitter) {
		String params = "[submitter=%s]".formatted(submitter);
		return row("trivial task in a pool of 8, `submit` " + from, "PoolOfEight.submit" + params)
			.floor("a virtual thread each, without a bound", "PoolOfEight.rawVirtualThread" + params)
			.peer("`SimpleAsyncTaskExecutor`, virtual, limit 8", "PoolOfEight.simpleAsyncTaskExecutor" + params,
					atMost(0.6))
			.peer("executor with 8 platform threads", "PoolOfEight.fixedThreadPool" + params)
			.peer("virtual threads and `@ConcurrencyLimit(8)`", "PoolOfEight.concurrencyLimit" + params)
			.peer("virtual threads and a Resilience4j bulkhead of 8", "PoolOfEight.bulkhead" + params);
	}

	private static Table spawn() {
		return Comparison.of("spawn",
				row("spawn a green thread and join it", "SpawnJoin.green")
					.floor("virtual thread", "SpawnJoin.raw", atMost(1.15))
					.peer("executor of virtual threads, `submit().get()`", "SpawnJoin.virtualExecutor")
					.peer("platform thread", "SpawnJoin.platform"),
				row("step of a deterministic worker", "WorkerStep.work[mode=BATON]").floor(
						"hand-over between two virtual threads, of which a step has two",
						"WorkerStep.rawHandOff[mode=BATON]", atMost(3)));
	}

	private static Table meters() {
		return Comparison.of("meters", row("call that its caller runs, with meters", "MeteredCall.call[meters=true]")
			.peer("the same without", "MeteredCall.call[meters=false]", overBy(60, "ns")));
	}

	private static Table context() {
		return Comparison.of("context",
				row("sync call, with the caller's logging context and a thread local", "ContextCall.call[context=full]")
					.peer("the same without a carrier", "ContextCall.call[context=off]"),
				row("sync call, with a carrier and nothing to carry", "ContextCall.call[context=empty]")
					.peer("the same without a carrier", "ContextCall.call[context=off]")
					.inLongForm(),
				row("spawn and join, with the same context", "ContextCall.spawn[context=full]")
					.peer("the same without a carrier", "ContextCall.spawn[context=off]")
					.peer("virtual thread, and `ContextSnapshot.wrap`", "ContextCall.snapshot[context=full]"));
	}

	private static Table growth() {
		return Growth.of("growth",
				new Growth.Curve("handlers: a sync call of each in turn", "GrowthCall.handlers", "count"),
				new Growth.Curve("keys: a sync call of any of them", "KeyedCall.anyActiveKey", "keys"),
				new Growth.Curve("machines: a move of each in turn", "GrowthCall.machines", "count"),
				new Growth.Curve("callers: a sync call of one handler", "GrowthCall.callers", "count"),
				Growth.Curve.peer("executors of one virtual thread: a task of each in turn", "GrowthCall.executors",
						"count"),
				Growth.Curve.peer("a map of such executors: a task of any of them", "KeyedCall.anyExecutor", "keys"),
				Growth.Curve.peer("callers of one such executor: a task", "GrowthCall.callersOfExecutor", "count"));
	}

	private static Table keyed() {
		return Comparison.of("keyed", keyed(1), keyed(10_000).inLongForm(),
				row("first call of a key, and its end", "KeyedCall.firstCall[keys=1]")
					.peer("`getBean` of a prototype, a call, and its end", "KeyedCall.prototype[keys=1]", atMost(1.5)))
			.with(Growth.QUICK, Form.LONG.options());
	}

	private static Row keyed(int keys) {
		String params = "[keys=%d]".formatted(keys);
		return row("call of an active key among %,d".formatted(keys).replace(',', ' '), "KeyedCall.activeKey" + params)
			.peer("call of a handler that is a singleton", "KeyedCall.singleton" + params, atMost(1.3));
	}

	private static Table durable() {
		return Comparison
			.of("durable", durable("H2", "H2"), durableInTransaction("H2", "H2").inLongForm(),
					durableMove("H2", "H2").inLongForm(), durable("PostgreSQL", "POSTGRESQL").inLongForm(),
					durableInTransaction("PostgreSQL", "POSTGRESQL").inLongForm(),
					durableMove("PostgreSQL", "POSTGRESQL").inLongForm())
			.with("-wi 2 -w 500ms -i 3 -r 300ms", "-wi 4 -w 2 -i 4 -r 2");
	}

	private static Row durable(String name, String database) {
		String params = "[database=%s]".formatted(database);
		return row("call that changes a stored field, " + name, "DurableCall.durable" + params)
			.peer("call of a handler with one plain update", "DurableCall.plainUpdate" + params, atMost(1.3));
	}

	private static Row durableInTransaction(String name, String database) {
		String params = "[database=%s]".formatted(database);
		return row("transactional call with an insert, " + name, "DurableCall.durableInsertInTransaction" + params)
			.peer("the same without `@Durable`", "DurableCall.plainInsertInTransaction" + params, atMost(1.6));
	}

	private static Row durableMove(String name, String database) {
		String params = "[database=%s]".formatted(database);
		return row("move from rest to rest, " + name, "DurableCall.durableMove" + params)
			.peer("call of a handler with two plain updates", "DurableCall.twoPlainUpdates" + params, atMost(1.3));
	}

	private static Table outbox() {
		return Comparison
			.of("outbox", change("H2", "H2"), submission("H2", "H2"), delivery("H2", "H2"),
					change("PostgreSQL", "POSTGRESQL"), submission("PostgreSQL", "POSTGRESQL"),
					delivery("PostgreSQL", "POSTGRESQL"))
			// After 6 rounds of a thousand, a delivery takes half as long again as after
			// 60, so a short form would tell nothing.
			.with("-wi 1 -i 2", "-wi 60 -i 20")
			.inLongForm();
	}

	private static Row change(String name, String database) {
		String params = "[database=%s]".formatted(database);
		return row("transaction with an insert and a durable oneway call, " + name, "DurableOneway.submitEach" + params)
			.peer("with two plain inserts", "DurableOneway.insertEach" + params, atMost(1.2));
	}

	private static Row submission(String name, String database) {
		String params = "[database=%s]".formatted(database);
		return row("durable oneway call, one of a thousand in a transaction, " + name, "DurableOneway.submit" + params)
			.peer("plain insert", "DurableOneway.plainInsert" + params, atMost(1.2));
	}

	private static Row delivery(String name, String database) {
		String params = "[database=%s]".formatted(database);
		return row("its delivery, " + name, "DurableOneway.drain" + params)
			.peer("a virtual thread that deletes and inserts", "DurableOneway.deleteAndInsert" + params, atMost(1))
			.peer("a platform thread that does", "DurableOneway.deleteAndInsertByPlatformThread" + params);
	}

	private static Table besides() {
		return Comparison
			.of("besides", besides("add to a balance", "deposit", 1, "JPA", "Jpa"),
					besides("add to a balance", "deposit", 1000, "JPA", "Jpa"),
					besides("change the status of an order", "order", 1, "Spring Statemachine", "SpringStatemachine"),
					besides("change the status of an order", "order", 1000, "Spring Statemachine",
							"SpringStatemachine"),
					besides("set a timeout", "timeout", 1, "db-scheduler", "DbScheduler"),
					besides("set a timeout", "timeout", 1000, "db-scheduler", "DbScheduler"))
			.with("-wi 1 -w 1 -i 1 -r 1", "-wi 2 -w 3 -i 3 -r 2")
			.inLongForm();
	}

	private static Row besides(String job, String method, int keys, String peer, String byPeer) {
		String form = "DurableBesides.%sBy%s[keys=%d;threads=8]";
		return row("%s, %s".formatted(job, (keys == 1) ? "1 key" : keys + " keys"),
				form.formatted(method, "Handler", keys))
			.peer(peer, form.formatted(method, byPeer, keys));
	}

	private static Table memory() {
		return Comparison.of("memory",
				row("green thread, parked", "ParkedHeap.green").floor("virtual thread, parked", "ParkedHeap.raw",
						atMost(1.5)),
				row("machine at rest, with its object", "MachineHeap.resting").within(upTo(500, "B")),
				row("machine whose body is parked", "MachineHeap.running").within(upTo(2500, "B")),
				row("handler with its handle, just called", "IdleHandlers.called"),
				row("handler with its handle, at rest", "IdleHandlers.resting").within(upTo(2000, "B")),
				row("idle key", "ManyKeys.idle").within(upTo(2200, "B")).inLongForm());
	}

	private static Table startUp() {
		return Comparison.of("start-up", started("empty web application", "run", "web", overBy(60, "ms"), atMost(1.05)),
				started("its CPU", "cpu", "web"), started("its loaded classes", "classes", "web"),
				started("the same with JPA", "run", "jpa", overBy(60, "ms"), atMost(1.05)).inLongForm(),
				started("its CPU", "cpu", "jpa").inLongForm(),
				started("its loaded classes", "classes", "jpa").inLongForm());
	}

	private static Row started(String path, String figure, String application, Goal... goals) {
		String form = "StartUp.%s[app=%s;with=%s]";
		return row(path + ", with the starter", form.formatted(figure, application, true)).peer("without the starter",
				form.formatted(figure, application, false), goals);
	}

	private static Table remote() {
		return Comparison
			.of("remote",
					row("sync call of a key of another node, 1 caller", "RemoteCall.remote").peer(
							"Hazelcast's `submitToMember` of a task that does nothing", "RemoteCall.submitToMember",
							atMost(1.5)),
					row("the same, 16 callers, a call of each", "RemoteCall.remote[threads=16]").peer(
							"Hazelcast's `submitToMember`, 16 callers", "RemoteCall.submitToMember[threads=16]",
							atMost(1.25)),
					row("sync call of a key of this node", "RemoteCall.owned").peer("the same without a cluster",
							"RemoteCall.withoutCluster", atMost(1.1)))
			.with("-wi 2 -w 1 -i 3 -r 300ms", "-wi 3 -w 2 -i 3 -r 2")
			.inLongForm();
	}

	private static Table web() {
		String form = "WebLoad.cpu[scenario=trivial;server=%s]";
		return Comparison
			.of("web", web("answers a second, trivial", "answers", "trivial", atLeast(0.97)),
					web("CPU of a trivial answer", "cpu", "trivial", atMost(1.05)),
					web("99th percentile", "p99", "trivial"),
					row("CPU of a trivial answer after a hop", form.formatted("hop"))
						.floor("a servlet that hands over to a virtual thread", form.formatted("handed-over"),
								atMost(1.1))
						.peer("Spring MVC that hands over, by a `Callable`", form.formatted("callable"), atMost(1.1))
						.peer("Boot, platform threads, without a hop", form.formatted("platform")),
					row("CPU of a trivial answer by Boot, platform threads", form.formatted("platform"))
						.floor("a servlet", form.formatted("direct")))
			.inLongForm();
	}

	private static Table webPool() {
		return Comparison
			.of("web-pool",
					pool("answers a second, 2000 clients, 50 ms each, a pool of 700", "answers", "blocking-700",
							atLeast(0.97)),
					pool("99th percentile", "p99", "blocking-700", atMost(0.4)),
					pool("CPU of an answer", "cpu", "blocking-700"),
					semaphore("answers a second, by a semaphore of 700", "answers", "blocking-700"),
					semaphore("99th percentile", "p99", "blocking-700"),
					pool("answers a second, the same with a pool of 500 that holds 128 kB each", "answers", "holding"),
					pool("99th percentile", "p99", "holding"), pool("live heap", "live", "holding", atMost(0.7)),
					semaphore("live heap, by a semaphore of 500", "live", "holding"))
			.inLongForm();
	}

	private static Row pool(String path, String figure, String scenario, Goal... goals) {
		return web(path, figure, scenario, goals).floor("a fair semaphore in the controller",
				of(figure, scenario, "semaphore"));
	}

	/** What the floor itself reaches of what a pool is held to. */
	private static Row semaphore(String path, String figure, String scenario) {
		return row(path, of(figure, scenario, "semaphore")).peer("Boot, virtual threads, without a bound",
				of(figure, scenario, "virtual"));
	}

	private static Row web(String path, String figure, String scenario, Goal... goals) {
		return row(path, of(figure, scenario, "inline"))
			.peer("Boot, virtual threads, without a bound", of(figure, scenario, "virtual"), goals)
			.peer("Boot, 200 platform threads", of(figure, scenario, "platform"));
	}

	private static String of(String figure, String scenario, String server) {
		return "WebLoad.%s[scenario=%s;server=%s]".formatted(figure, scenario, server);
	}

}
