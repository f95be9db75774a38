package io.greenroom.green;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.observe.ContextCarrier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Who spawned whom, and what goes along. */
@Timeout(60)
class GreenTreeTests {

	private static final Duration LONG = Duration.ofSeconds(10);

	/** The context of the test's threads. */
	private static final ThreadLocal<@Nullable String> CONTEXT = new ThreadLocal<>();

	private final CountingObserver observer = new CountingObserver();

	private final AtomicInteger opened = new AtomicInteger();

	private final AtomicInteger closed = new AtomicInteger();

	private final GreenScheduler scheduler = GreenScheduler.builder()
		.name("stage")
		.observer(this.observer)
		.contextCarrier(this::capture)
		.build();

	@AfterEach
	void drained() {
		CONTEXT.remove();
		assertThat(this.scheduler.drain(LONG).killed()).isEmpty();
		assertThat(this.opened.get()).isEqualTo(this.closed.get());
	}

	@Test
	@DisplayName("G27 a green thread knows itself and its parent; other threads are no green threads")
	void currentAndParent() throws InterruptedException {
		assertThat(GreenThread.current()).isNull();
		assertThat(Thread.ofVirtual().start(() -> assertThat(GreenThread.current()).isNull()).join(LONG)).isTrue();
		AtomicReference<GreenThread<GreenThread<?>>> child = new AtomicReference<>();
		GreenThread<GreenThread<?>> parent = this.scheduler.spawn("parent", () -> {
			child.set(this.scheduler.spawn("child", () -> GreenThread.current()));
			return GreenThread.current();
		});
		assertThat(parent.get()).isSameAs(parent);
		assertThat(parent.parent()).isNull();
		assertThat(child.get().get()).isSameAs(child.get());
		assertThat(child.get().parent()).isSameAs(parent);
	}

	@Test
	@DisplayName("G20 a child sees its parent's map, and siblings of the root do not share one")
	void treeLocals() throws InterruptedException {
		GreenThread<Map<Object, Object>> root = this.scheduler.spawn(() -> {
			current().treeLocals().put("piece", "Hamlet");
			return this.scheduler.spawn(() -> this.scheduler.spawn(() -> {
				current().treeLocals().put("act", 3);
				return Map.copyOf(current().treeLocals());
			}).get()).get();
		});
		assertThat(root.get()).containsEntry("piece", "Hamlet").containsEntry("act", 3);
		assertThat(root.treeLocals()).containsEntry("act", 3);
		assertThat(this.scheduler.spawn(() -> Map.copyOf(current().treeLocals())).get()).isEmpty();
	}

	@Test
	@DisplayName("G20 a thread that spawns its successor, over and over, keeps no ancestor alive")
	void successorsLeakNoAncestors() throws InterruptedException {
		List<WeakReference<GreenThread<?>>> ancestors = new ArrayList<>();
		CountDownLatch reached = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		GreenThread<Void> first = this.scheduler.unstarted(() -> {
			succeed(1000, ancestors, reached, release);
			return null;
		});
		ancestors.add(new WeakReference<>(first));
		first.start();
		first = null;
		reached.await();
		// The last one lives, and with it all that it holds.
		for (int i = 0; i < 200 && ancestors.stream().anyMatch((ancestor) -> ancestor.get() != null); i++) {
			System.gc();
		}
		release.countDown();
		assertThat(ancestors).allMatch((ancestor) -> ancestor.get() == null);
		assertThat(ancestors).hasSize(1000);
	}

	private void succeed(int left, List<WeakReference<GreenThread<?>>> ancestors, CountDownLatch reached,
			CountDownLatch release) throws InterruptedException {
		current().treeLocals().put("left", left);
		if (left == 0) {
			reached.countDown();
			release.await();
			return;
		}
		GreenThread<Void> next = this.scheduler.unstarted(() -> {
			succeed(left - 1, ancestors, reached, release);
			return null;
		});
		if (left > 1) {
			ancestors.add(new WeakReference<>(next));
		}
		next.start();
	}

	@Test
	@DisplayName("G28 the context of whoever spawns is there in the body, for a later start too, and gone after it")
	void contextTravels() throws InterruptedException {
		CONTEXT.set("Ophelia");
		GreenThread<String> now = this.scheduler.spawn(() -> CONTEXT.get());
		GreenThread<String> later = this.scheduler.spawnLater(Duration.ofMillis(10), () -> CONTEXT.get());
		GreenThread<String> unstarted = this.scheduler.unstarted(() -> this.scheduler.spawn(() -> CONTEXT.get()).get());
		CONTEXT.set("Horatio");
		unstarted.start();
		assertThat(now.get()).isEqualTo("Ophelia");
		assertThat(later.get()).isEqualTo("Ophelia");
		assertThat(unstarted.get()).isEqualTo("Ophelia");
		AtomicReference<@Nullable String> inLink = new AtomicReference<>("not called");
		CountDownLatch release = new CountDownLatch(1);
		GreenThread<Void> thread = this.scheduler.spawn(() -> release.await());
		CountDownLatch linked = new CountDownLatch(1);
		thread.link((ended) -> {
			inLink.set(CONTEXT.get());
			linked.countDown();
		});
		release.countDown();
		linked.await();
		assertThat(inLink).hasValue(null);
	}

	@Test
	@DisplayName("G28 without a context nothing is opened, and a detached thread has neither context nor parent")
	void nothingToCarry() throws InterruptedException {
		this.scheduler.spawn(() -> 1).join();
		assertThat(this.opened).hasValue(0);
		CONTEXT.set("Ophelia");
		AtomicReference<@Nullable String> seen = new AtomicReference<>();
		AtomicReference<@Nullable GreenThread<?>> parent = new AtomicReference<>();
		this.scheduler.spawn(() -> this.scheduler.spawnDetached("service", () -> {
			seen.set(CONTEXT.get());
			parent.set(current().parent());
		}).join()).join();
		assertThat(seen).hasValue(null);
		assertThat(parent).hasValue(null);
	}

	@Test
	@DisplayName("G28 a context that can't be opened fails the body, which never runs without it")
	void brokenContext() throws InterruptedException {
		AtomicInteger runs = new AtomicInteger();
		CONTEXT.set("broken");
		GreenThread<Integer> thread = this.scheduler.unstarted(runs::incrementAndGet);
		thread.link((ended) -> {
		});
		thread.start();
		assertThatIllegalStateException().isThrownBy(thread::get).withMessage("can't open");
		assertThat(runs).hasValue(0);
	}

	@Test
	@DisplayName("L07 thread locals of one green thread are invisible to another, also to its child")
	void threadLocalsAreApart() throws InterruptedException {
		ThreadLocal<String> local = ThreadLocal.withInitial(() -> "clean");
		GreenThread<String> child = this.scheduler.spawn(() -> {
			local.set("dirty");
			return this.scheduler.spawn(local::get).get();
		});
		assertThat(child.get()).isEqualTo("clean");
		assertThat(this.scheduler.spawn(local::get).get()).isEqualTo("clean");
	}

	@Test
	@DisplayName("G29 in a drain what a green thread of another scheduler spawns is rejected, what one of ours spawns is not")
	void onlyOursMaySpawnInADrain() throws InterruptedException {
		try (GreenScheduler other = GreenScheduler.builder().name("other").build()) {
			CountDownLatch release = new CountDownLatch(1);
			GreenThread<String> ours = this.scheduler.spawn(() -> {
				release.await();
				return this.scheduler.spawn(() -> "spawned").get();
			});
			Thread drain = Thread.ofPlatform().start(() -> this.scheduler.drain(LONG));
			GreenThread<Void> theirs = other.spawn(() -> {
				while (true) {
					this.scheduler.spawn(() -> "rejected in the end").join();
				}
			});
			assertThatExceptionOfType(SchedulerClosedException.class).isThrownBy(theirs::get);
			release.countDown();
			assertThat(ours.get()).isEqualTo("spawned");
			drain.join();
		}
	}

	private static GreenThread<?> current() {
		GreenThread<?> current = GreenThread.current();
		assertThat(current).isNotNull();
		return current;
	}

	private ContextCarrier.Snapshot capture() {
		String captured = CONTEXT.get();
		return (captured == null) ? ContextCarrier.Snapshot.EMPTY : new ContextCarrier.Snapshot() {

			@Override
			public ContextCarrier.Scope open() {
				if ("broken".equals(captured)) {
					throw new IllegalStateException("can't open");
				}
				String before = CONTEXT.get();
				CONTEXT.set(captured);
				GreenTreeTests.this.opened.incrementAndGet();
				return () -> {
					CONTEXT.set(before);
					GreenTreeTests.this.closed.incrementAndGet();
				};
			}

			@Override
			public boolean isEmpty() {
				return false;
			}

		};
	}

}
