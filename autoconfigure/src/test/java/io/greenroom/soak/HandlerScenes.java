package io.greenroom.soak;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.deferred.Execution;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.MailboxFullException;
import io.greenroom.deferred.OnTimeout;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.Overflow;
import io.greenroom.deferred.Processing;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.deferred.Urgent;
import io.greenroom.green.GreenScheduler;

/** Handlers of seven kinds. */
final class HandlerScenes {

	private static final Duration LONG = Duration.ofSeconds(60);

	private HandlerScenes() {
	}

	static List<Scene> all(GreenScheduler scheduler) {
		HandlerOptions options = HandlerOptions.builder().timeout(LONG).build();
		return List.of(new Plain("plain", scheduler, options),
				new Plain("small mailbox", scheduler, options.toBuilder().capacity(3).build()),
				new Plain("lent to callers", scheduler,
						options.toBuilder().execution(Execution.CALLER_WHEN_IDLE).build()),
				new Plain("reentrant", scheduler, options.toBuilder().reentrant(true).build()),
				new Rejecting("rejecting", scheduler,
						options.toBuilder().capacity(3).overflow(Overflow.REJECT).build()),
				new Dropping("dropping", scheduler,
						options.toBuilder().capacity(3).overflow(Overflow.DROP_OLDEST).build()),
				new Hasty("interrupting", scheduler, options.toBuilder().onTimeout(OnTimeout.INTERRUPT).build()),
				new Manual("manual", scheduler, options.toBuilder().processing(Processing.MANUAL).build()),
				new Dropped("made and dropped", scheduler, options));
	}

	/** A counter without a lock. */
	public static class Counter {

		/** Where a body may be only alone; plain on purpose. */
		private boolean inside;

		private long count;

		private long overlaps;

		public long add() {
			if (this.inside) {
				this.overlaps++;
			}
			this.inside = true;
			long sum = ++this.count;
			this.inside = false;
			return sum;
		}

		@Oneway
		public void addLater() {
			add();
		}

		@Urgent
		public long addFirst() {
			return add();
		}

		public long fail(Throwable failure) throws Throwable {
			throw failure;
		}

		@Oneway
		public void failLater(Throwable failure) throws Throwable {
			throw failure;
		}

		@ReadOnly
		public long read() {
			return this.count;
		}

		public long overlaps() {
			return this.overlaps;
		}

	}

	/** One handler, whose mailbox is empty in the end. */
	private abstract static class OnHandler<T> extends Scene {

		final Deferred<T> handler;

		OnHandler(String name, GreenScheduler scheduler, T target, HandlerOptions options) {
			super(name);
			this.handler = Deferred.of(scheduler, target, options.toBuilder().name(name).build());
		}

		@Override
		String left() {
			int pending = this.handler.calls().pending();
			return (pending == 0) ? "" : name() + ": " + pending + " calls pending";
		}

	}

	/** Every way to call, and the count is exact. */
	private static class Plain extends OnHandler<Counter> {

		private final LongAdder added = new LongAdder();

		/** Whether those ran is settled, but not told. */
		private final LongAdder cancelled = new LongAdder();

		Plain(String name, GreenScheduler scheduler, HandlerOptions options) {
			super(name, scheduler, new Counter(), options);
		}

		@Override
		void play(ThreadLocalRandom random) throws Throwable {
			called();
			switch (random.nextInt(8)) {
				case 0, 1 -> {
					this.handler.sync().add();
					this.added.increment();
				}
				case 2 -> {
					this.handler.oneway().addLater();
					this.added.increment();
				}
				case 3 -> {
					this.handler.sync().addFirst();
					this.added.increment();
				}
				case 4 -> {
					this.handler.async(Counter::add).get(60, TimeUnit.SECONDS);
					this.added.increment();
				}
				case 5 -> this.handler.sync().read();
				case 6 -> fail(random);
				default -> cancel();
			}
		}

		private void fail(ThreadLocalRandom random) {
			Throwable failure = anything(random);
			if (random.nextBoolean()) {
				this.handler.oneway().addLater();
				this.added.increment();
				try {
					this.handler.oneway().failLater(failure);
				}
				catch (Throwable thrown) {
					wrong("oneway threw " + thrown.getClass());
				}
				return;
			}
			try {
				this.handler.sync().fail(failure);
				wrong("a failing body returned");
			}
			catch (Throwable thrown) {
				expect(thrown == failure, "another throwable came back: " + thrown.getClass());
			}
			Thread.interrupted();
		}

		private void cancel() throws Exception {
			CompletableFuture<Long> future = this.handler.async(Counter::add);
			if (future.cancel(true)) {
				this.cancelled.increment();
			}
			else {
				future.get(60, TimeUnit.SECONDS);
				this.added.increment();
			}
		}

		@Override
		void sums() {
			long count = this.handler.sync().read();
			long added = this.added.sum();
			expect(count >= added && count <= added + this.cancelled.sum(),
					"counted " + count + " of " + added + " to " + (added + this.cancelled.sum()));
			expect(this.handler.sync().overlaps() == 0, "bodies ran side by side: " + this.handler.sync().overlaps());
		}

	}

	/** What was accepted ran, what was rejected did not. */
	private static final class Rejecting extends OnHandler<Counter> {

		private final LongAdder accepted = new LongAdder();

		Rejecting(String name, GreenScheduler scheduler, HandlerOptions options) {
			super(name, scheduler, new Counter(), options);
		}

		@Override
		void play(ThreadLocalRandom random) {
			called();
			try {
				if (random.nextBoolean()) {
					this.handler.sync().add();
				}
				else {
					this.handler.oneway().addLater();
				}
				this.accepted.increment();
			}
			catch (MailboxFullException full) {
				Thread.yield();
			}
		}

		@Override
		void sums() {
			long count = this.handler.sync().read();
			expect(count == this.accepted.sum(), "counted " + count + " of " + this.accepted.sum());
		}

	}

	/** Oneway calls may go when the mailbox is full, calls that are waited for never. */
	private static final class Dropping extends OnHandler<Counter> {

		private final LongAdder waited = new LongAdder();

		private final LongAdder sent = new LongAdder();

		Dropping(String name, GreenScheduler scheduler, HandlerOptions options) {
			super(name, scheduler, new Counter(), options);
		}

		@Override
		void play(ThreadLocalRandom random) {
			called();
			if (once(4, random)) {
				this.handler.sync().add();
				this.waited.increment();
			}
			else {
				this.handler.oneway().addLater();
				this.sent.increment();
			}
		}

		@Override
		void sums() {
			long count = this.handler.sync().read();
			expect(count >= this.waited.sum() && count <= this.waited.sum() + this.sent.sum(), "counted " + count);
		}

	}

	/** Sees only interrupts that are its own. */
	public static class Sleeper {

		public long nap(int micros) throws InterruptedException {
			TimeUnit.MICROSECONDS.sleep(micros);
			return micros;
		}

		public boolean interrupted() {
			return Thread.currentThread().isInterrupted();
		}

	}

	/** Timeouts about as long as the bodies, which are interrupted. */
	private static final class Hasty extends OnHandler<Sleeper> {

		Hasty(String name, GreenScheduler scheduler, HandlerOptions options) {
			super(name, scheduler, new Sleeper(), options);
		}

		@Override
		void play(ThreadLocalRandom random) throws Throwable {
			called();
			try {
				this.handler.sync(Duration.ofNanos(random.nextInt(50_000, 400_000))).nap(random.nextInt(50, 300));
			}
			catch (DeferredTimeoutException late) {
				// As asked.
			}
			catch (InterruptedException interrupted) {
				wrong("interrupted, and not timed out");
			}
			try {
				expect(!this.handler.sync().interrupted(), "an innocent body has another's interrupt");
			}
			catch (DeferredTimeoutException starved) {
				wrong("not served in " + LONG);
			}
		}

	}

	/** Somebody else's thread processes, and may be stopped. */
	private static final class Manual extends OnHandler<Counter> {

		private final LongAdder added = new LongAdder();

		private final Thread processor;

		private volatile boolean over;

		Manual(String name, GreenScheduler scheduler, HandlerOptions options) {
			super(name, scheduler, new Counter(), options);
			this.processor = Thread.ofPlatform().daemon().name("soak-processor").start(this::process);
		}

		private void process() {
			while (!this.over) {
				this.handler.calls().process(Duration.ofMillis(5));
				this.handler.calls().process("add");
			}
		}

		@Override
		void play(ThreadLocalRandom random) {
			called();
			if (once(20, random)) {
				this.handler.calls().stopProcessing();
			}
			this.handler.sync().add();
			this.added.increment();
		}

		@Override
		void sums() {
			expect(this.handler.sync().read() == this.added.sum(),
					"counted " + this.handler.sync().read() + " of " + this.added);
		}

		@Override
		void close() throws InterruptedException {
			this.over = true;
			this.handler.calls().stopProcessing();
			expect(this.processor.join(Duration.ofSeconds(10)), "the processing thread hangs");
		}

	}

	/** Short-lived handlers, called and forgotten. */
	private static final class Dropped extends Scene {

		private final GreenScheduler scheduler;

		private final HandlerOptions options;

		/** Guarded by itself. */
		private final List<WeakReference<Counter>> forgotten = new ArrayList<>();

		Dropped(String name, GreenScheduler scheduler, HandlerOptions options) {
			super(name);
			this.scheduler = scheduler;
			this.options = options.toBuilder().name(name).build();
		}

		@Override
		void play(ThreadLocalRandom random) throws Throwable {
			called();
			Counter target = new Counter();
			Deferred<Counter> counter = Deferred.of(this.scheduler, target, this.options);
			counter.oneway().addLater();
			expect(counter.sync().add() == 2, "two calls were not two");
			if (once(10, random)) {
				counter.oneway().failLater(anything(random));
			}
			if (once(100, random)) {
				synchronized (this.forgotten) {
					this.forgotten.removeIf((reference) -> reference.get() == null);
					this.forgotten.add(new WeakReference<>(target));
				}
			}
		}

		@Override
		String left() {
			System.gc();
			synchronized (this.forgotten) {
				long alive = this.forgotten.stream().filter((reference) -> reference.get() != null).count();
				return (alive == 0) ? "" : name() + ": " + alive + " dropped handlers alive";
			}
		}

	}

}
