package io.greenroom.green;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.testkit.CloseSchedulers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.greenroom.testkit.Until.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a pool does when one of its own asks. */
@Timeout(60)
@CloseSchedulers
class GreenPoolMemberTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private final CountingObserver observer = new CountingObserver();

	private final GreenScheduler scheduler = GreenScheduler.builder()
		.observer(this.observer)
		.drainTimeout(Duration.ofSeconds(5))
		.build();

	private final GreenPool one = this.scheduler.pool("one", 1);

	private final CountDownLatch gate = new CountDownLatch(1);

	@AfterEach
	void close() {
		this.gate.countDown();
	}

	@Test
	@DisplayName("P05 apply inside apply on a pool of one runs inline, whatever the depth")
	void applyInsideApply() throws Exception {
		assertThat(this.one.<Integer>apply(() -> {
			Thread outer = Thread.currentThread();
			return this.one.<Integer>apply(() -> this.one.apply(() -> (Thread.currentThread() == outer) ? 42 : 0));
		})).isEqualTo(42);
		assertThat(this.one.free()).isEqualTo(1);
	}

	@Test
	@DisplayName("P05 a failure of apply is that very throwable, from a task and inline, and nobody else's")
	void applyFails() throws Exception {
		Exception failure = new Exception("checked");
		assertThatThrownBy(() -> this.one.apply(() -> {
			throw failure;
		})).isSameAs(failure);
		assertThatThrownBy(() -> this.one.apply(() -> this.one.apply(() -> {
			throw failure;
		}))).isSameAs(failure);
		assertThat(this.one.join(Join.all().raising())).isTrue();
		assertThat(this.observer.failures()).isEmpty();
	}

	@Test
	@DisplayName("P05 an interrupted apply kills its task, and the pool is whole")
	void interruptedApply() throws Exception {
		CountDownLatch inside = new CountDownLatch(1);
		AtomicBoolean interrupted = new AtomicBoolean();
		GreenThread<Boolean> caller = this.scheduler.spawn(() -> this.one.<Boolean>apply(() -> {
			try {
				inside.countDown();
				return new CountDownLatch(1).await(1, TimeUnit.HOURS);
			}
			catch (InterruptedException ex) {
				interrupted.set(true);
				throw ex;
			}
		}));
		inside.await();
		caller.kill();
		assertThat(caller.join(LONG)).isTrue();
		until("the slot is back", () -> this.one.free() == 1);
		assertThat(interrupted).isTrue();
	}

	@Test
	@DisplayName("P06 spawn inside a full pool from its own member runs inline; in a free slot it runs beside")
	void spawnFromAMember() throws Exception {
		assertThat(this.one.<Integer>apply(() -> {
			Thread outer = Thread.currentThread();
			GreenThread<Boolean> inline = this.one.spawn(() -> Thread.currentThread() == outer);
			assertThat(inline.isStarted() && inline.isDone() && inline.isSuccessful()).isTrue();
			assertThat(inline.value()).isTrue();
			assertThat(this.one.<Integer>trySpawn(() -> 2, LONG).value()).isEqualTo(2);
			assertThatExceptionOfType(PoolFullException.class).isThrownBy(() -> this.one.trySpawn(() -> 3));
			return this.one.active();
		})).isEqualTo(1);
		GreenPool two = this.scheduler.pool("two", 2);
		assertThat(two.<Boolean>apply(() -> {
			Thread outer = Thread.currentThread();
			return two.<Boolean>spawn(() -> Thread.currentThread() == outer).get(LONG);
		})).isFalse();
		until("all slots are back", () -> two.free() == 2);
	}

	@Test
	@DisplayName("P06 a failure inline is the task's own, reported once as nobody waits, and the member goes on")
	void inlineFailure() throws Exception {
		IllegalStateException failure = new IllegalStateException("inline");
		assertThat(this.one.<Throwable>apply(() -> this.one.spawn(() -> {
			throw failure;
		}).exception())).isSameAs(failure);
		assertThat(this.observer.failures()).hasSize(1);
	}

	@Test
	@DisplayName("P06 a kill of the member while it runs a task inline ends that, and then the member")
	void killWhileInline() throws Exception {
		CountDownLatch inside = new CountDownLatch(1);
		AtomicBoolean wentOn = new AtomicBoolean();
		GreenThread<Void> member = this.one.spawn(() -> {
			GreenThread<Void> inline = this.one.spawn(() -> {
				inside.countDown();
				new CountDownLatch(1).await();
			});
			assertThat(inline.exception()).isInstanceOf(InterruptedException.class);
			Thread.sleep(Duration.ofDays(1));
			wentOn.set(true);
		});
		inside.await();
		member.kill();
		assertThat(member.join(LONG)).isTrue();
		assertThat(member.exception()).isInstanceOf(GreenThreadKilledException.class);
		assertThat(wentOn).isFalse();
		assertThat(this.one.free()).isEqualTo(1);
	}

	@Test
	@DisplayName("P24 submit from inside a pool's own worker takes no second slot, also when there is one")
	void submitFromAMember() throws Exception {
		GreenPool two = this.scheduler.pool("two", 2);
		assertThat(two.<Integer>apply(() -> two.<Integer>submit(two::active).value())).isEqualTo(1);
		assertThat(two.<Integer>submit(() -> two.<Integer>submit(() -> 5).get()).get(LONG)).isEqualTo(5);
	}

	@Test
	@DisplayName("P24 a link of a task, which has no slot any more, waits in line like anybody")
	void aLinkIsNoMember() throws Exception {
		CompletableFuture<Boolean> inline = new CompletableFuture<>();
		GreenThread<Void> task = this.one.submit(() -> this.gate.await());
		task.link((ended) -> {
			Thread own = Thread.currentThread();
			this.one.submit(() -> inline.complete(Thread.currentThread() == own));
		});
		this.gate.countDown();
		assertThat(inline.get(20, TimeUnit.SECONDS)).isFalse();
	}

	@Test
	@DisplayName("P05 a mapping inside a member of a full pool runs inline, to its end")
	void mappingFromAMember() throws Exception {
		assertThat(this.one.<List<Integer>>apply(() -> {
			List<Integer> seen = new CopyOnWriteArrayList<>();
			this.one.imap(List.of(1, 2, 3), (item) -> -item).forEachRemaining(seen::add);
			this.one.imapUnordered(List.of(4, 5), (item) -> -item).forEachRemaining(seen::add);
			seen.addAll(this.one.map(List.of(6), (item) -> -item));
			return seen;
		})).containsExactly(-1, -2, -3, -4, -5, -6);
	}

	@Test
	@DisplayName("P05 members of a full pool that all apply, spawn, submit and map in their own pool: 10 000 rounds end")
	void membersNeverWaitForThemselves() throws Exception {
		GreenPool three = this.scheduler.pool("three").size(3).queueCapacity(10_000).build();
		AtomicInteger ran = new AtomicInteger();
		for (int round = 0; round < 10_000; round++) {
			int kind = round % 4;
			three.submit(() -> {
				switch (kind) {
					case 0 -> three.apply(ran::incrementAndGet);
					case 1 -> three.<Integer>spawn(ran::incrementAndGet).join();
					case 2 -> three.<Integer>submit(ran::incrementAndGet).join();
					default -> three.map(List.of(1), (_) -> ran.incrementAndGet());
				}
			});
		}
		assertThat(three.join(Join.all().within(LONG))).isTrue();
		assertThat(ran).hasValue(10_000);
		assertThat(three.free()).isEqualTo(3);
	}

	@Test
	@DisplayName("P06 a thread that has entered a pool of one is a member: what it asks of the pool runs inline, and it can't wait for its own end")
	void anEnteredThreadIsAMember() throws Exception {
		try (Slot _ = this.one.enter(LONG)) {
			Thread own = Thread.currentThread();
			assertThat(this.one.<Thread>spawn(Thread::currentThread).value()).isSameAs(own);
			assertThat(this.one.<Thread>submit(Thread::currentThread).value()).isSameAs(own);
			assertThat(this.one.<Thread>apply(Thread::currentThread)).isSameAs(own);
			assertThat(this.one.<Integer, Thread>map(List.of(1, 2), (_) -> Thread.currentThread())).containsExactly(own,
					own);
			assertThatIllegalStateException().isThrownBy(this.one::join)
				.withMessageContaining("would wait for its own end");
			assertThatIllegalStateException().isThrownBy(this.one::close);
		}
		assertThat(this.one.free()).isEqualTo(1);
		assertThat(this.one.<Thread>apply(Thread::currentThread)).isNotSameAs(Thread.currentThread());
	}

	@Test
	@DisplayName("P06 who has entered twice is a member until both slots are back, whoever returns them")
	void aMemberUntilTheLastSlotIsBack() throws Exception {
		GreenPool two = this.scheduler.pool("two", 2);
		Slot first = two.enter(LONG);
		Slot second = two.enter(LONG);
		first.close();
		assertThat(two.<Thread>apply(Thread::currentThread)).isSameAs(Thread.currentThread());
		assertThat(Thread.ofVirtual().start(second::close).join(LONG)).isTrue();
		assertThat(two.<Thread>apply(Thread::currentThread)).isNotSameAs(Thread.currentThread());
		assertThat(two.free()).isEqualTo(2);
	}

	@Test
	@DisplayName("P22 an awaited future that fails is thrown inside the task, catchable; the slot is returned")
	void awaitedFutureFails() throws Exception {
		CompletableFuture<String> future = new CompletableFuture<>();
		IllegalStateException failure = new IllegalStateException("future");
		GreenThread<String> task = this.one.submit(() -> {
			try {
				return this.scheduler.await(future);
			}
			catch (IllegalStateException ex) {
				return (ex == failure) ? "caught" : "another";
			}
		});
		GreenThread<String> uncaught = this.one.submit(() -> this.scheduler.await(future));
		future.completeExceptionally(failure);
		assertThat(task.get(LONG)).isEqualTo("caught");
		assertThatThrownBy(() -> uncaught.get(LONG)).isSameAs(failure);
		assertThat(this.one.free()).isEqualTo(1);
	}

	@Test
	@DisplayName("L07 a task starts clean: thread locals of one are invisible to the next in its slot")
	void tasksStartClean() throws Exception {
		ThreadLocal<String> local = ThreadLocal.withInitial(() -> "clean");
		InheritableThreadLocal<String> inherited = new InheritableThreadLocal<>();
		for (int i = 0; i < 100; i++) {
			assertThat(this.one.<String>apply(() -> {
				String seen = local.get() + inherited.get();
				local.set("dirty");
				inherited.set("dirty");
				Thread.currentThread().interrupt();
				return seen + Thread.interrupted();
			})).isEqualTo("cleannulltrue");
		}
		GreenThread<Boolean> leaves = this.one.submit(() -> {
			Thread.currentThread().interrupt();
			return true;
		});
		leaves.get(LONG);
		assertThat(this.one.<Boolean>apply(() -> Thread.currentThread().isInterrupted())).isFalse();
	}

}
