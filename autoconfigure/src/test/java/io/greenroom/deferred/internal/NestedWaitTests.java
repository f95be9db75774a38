package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** A call that runs while its thread waits for another one, and waits itself. */
@Timeout(60)
@CloseSchedulers
class NestedWaitTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	private final HandlerOptions options = HandlerOptions.builder().timeout(Duration.ofSeconds(10)).build();

	private final Desk first = Deferred
		.of(this.scheduler, new Desk(), this.options.toBuilder().name("first").reentrant(true).build())
		.sync();

	private final Desk second = handler("second", 10).sync();

	private Deferred<Desk> handler(String name, int capacity) {
		return Deferred.of(this.scheduler, new Desk(), this.options.toBuilder().name(name).capacity(capacity).build());
	}

	@Test
	@DisplayName("D19 a thread that has waited for a call inside a call it let in waits on visibly, and lets in another")
	void afterACall() throws Exception {
		Deferred<Desk> third = handler("third", 10);
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		CompletableFuture<Thread> waits = new CompletableFuture<>();
		third.oneway().hold(inside, leave);
		inside.await();
		Thread helper = Thread.ofPlatform().start(() -> {
			Until.parkedIn(HandlerCore.class, waits.join());
			leave.countDown();
		});
		assertThat(this.first.run(() -> this.second.run(() -> {
			int nested = this.first.run(() -> {
				waits.complete(Thread.currentThread());
				return third.sync().answer();
			});
			return nested + this.first.answer();
		}))).isEqualTo(84);
		helper.join();
	}

	@Test
	@DisplayName("D19 D25 so does one that has waited for room there")
	void afterRoom() throws Exception {
		Deferred<Desk> full = handler("full", 1);
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		CompletableFuture<Thread> waits = new CompletableFuture<>();
		full.oneway().hold(inside, leave);
		inside.await();
		full.oneway().answer();
		Thread helper = Thread.ofPlatform().start(() -> {
			Until.parkedIn(MailboxCapacity.class, waits.join());
			leave.countDown();
		});
		assertThat(this.first.run(() -> this.second.run(() -> {
			int nested = this.first.run(() -> {
				waits.complete(Thread.currentThread());
				full.oneway().answer();
				return 42;
			});
			return nested + this.first.answer();
		}))).isEqualTo(84);
		helper.join();
	}

	/** Runs what it is given. */
	static class Desk {

		int run(IntSupplier body) {
			return body.getAsInt();
		}

		int answer() {
			return 42;
		}

		void hold(CountDownLatch inside, CountDownLatch leave) throws InterruptedException {
			inside.countDown();
			assertThat(leave.await(20, TimeUnit.SECONDS)).isTrue();
		}

	}

}
