package io.greenroom.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.greenroom.deferred.Deferred;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.testkit.CloseSchedulers;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.greenroom.test.Settling.settle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

@CloseSchedulers
@Timeout(60)
class SettlingTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	private final List<String> log = Collections.synchronizedList(new ArrayList<>());

	static class Relay {

		private final SettlingTests test;

		private final CountDownLatch go = new CountDownLatch(1);

		private Deferred<Relay> next;

		Relay(SettlingTests test) {
			this.test = test;
		}

		void pass(int left) throws InterruptedException {
			this.test.scheduler.sleep(Duration.ofMillis(1));
			if (left > 0) {
				this.next.oneway().pass(left - 1);
			}
			else {
				this.test.log.add("passed");
			}
		}

		void spawn() {
			this.test.scheduler.spawn("child", () -> {
				this.test.scheduler.sleep(Duration.ofMillis(20));
				this.test.scheduler.spawn("grandchild", () -> {
					this.test.scheduler.sleep(Duration.ofMillis(20));
					this.next.oneway().pass(1);
				});
			});
		}

		void stay() throws InterruptedException {
			this.go.await();
		}

	}

	private Deferred<Relay> relay(Relay first) {
		Relay second = new Relay(this);
		Deferred<Relay> one = Deferred.of(this.scheduler, first);
		second.next = one;
		first.next = Deferred.of(this.scheduler, second);
		return one;
	}

	@Test
	@DisplayName("U06 settle waits for what was called oneway and what that has called, however long the chain")
	void waitsForTheChain() throws Exception {
		relay(new Relay(this)).oneway().pass(50);
		settle(this.scheduler);
		assertThat(this.log).containsExactly("passed");
	}

	@Test
	@DisplayName("U06 settle waits for green threads that a body has spawned, and for what they call")
	void waitsForSpawnedThreads() throws Exception {
		relay(new Relay(this)).oneway().spawn();
		settle(this.scheduler);
		assertThat(this.log).containsExactly("passed");
	}

	@Test
	@DisplayName("U06 settle on a green thread waits for the others, and threads that no body has spawned don't count")
	void worksOnAGreenThread() throws Exception {
		GreenThread<Void> background = this.scheduler.spawn("background",
				() -> this.scheduler.sleep(Duration.ofDays(1)));
		GreenThread<Void> test = this.scheduler.spawn("test", () -> {
			relay(new Relay(this)).oneway().pass(5);
			settle(this.scheduler);
			this.log.add("settled");
		});
		test.get();
		assertThat(this.log).containsExactly("passed", "settled");
		background.kill();
	}

	@Test
	@DisplayName("U06 what does not settle in time is reported: what runs, what waits, and which threads live")
	void reportsWhatIsLeft() throws Exception {
		Relay first = new Relay(this);
		Deferred<Relay> handle = relay(first);
		handle.oneway().spawn();
		handle.oneway().stay();
		handle.oneway().pass(0);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> settle(this.scheduler, Duration.ofMillis(50)))
			.withMessageContaining("Not settled within PT0.05S")
			.withMessageContaining("runs   stay on handler-Relay")
			.withMessageContaining("queued oneway pass(0)");
		first.go.countDown();
		assertThatIllegalArgumentException().isThrownBy(() -> settle(this.scheduler, Duration.ofSeconds(-1)));
	}

	static class Parent {

		private final GreenScheduler scheduler;

		private final List<String> log;

		Parent(GreenScheduler scheduler, List<String> log) {
			this.scheduler = scheduler;
			this.log = log;
		}

		void spawn(String child, Duration sleep) {
			this.scheduler.spawn(child, () -> {
				this.scheduler.sleep(sleep);
				this.log.add(child);
			});
		}

	}

	@Test
	@DisplayName("U06 in virtual time settle waits for spawned threads while they sleep, up to its limit in that time")
	void waitsInVirtualTime() {
		try (DeterministicScheduler test = DeterministicScheduler.inTurn()) {
			GreenScheduler virtual = test.scheduler();
			Deferred<Parent> parent = Deferred.of(virtual, new Parent(virtual, this.log));
			test.run(() -> {
				parent.oneway().spawn("child", Duration.ofSeconds(5));
				settle(virtual);
				this.log.add("settled");
				parent.oneway().spawn("late", Duration.ofMinutes(1));
				assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> settle(virtual))
					.withMessageContaining("Not settled within PT10S")
					.withMessageContaining("Green thread 'late' of 'handler-Parent' is alive");
			});
			assertThat(this.log).containsExactly("child", "settled", "late");
		}
	}

	@Test
	@DisplayName("U06 a scheduler without handlers is settled")
	void nothingIsSettled() throws Exception {
		settle(this.scheduler, Duration.ZERO);
	}

}
