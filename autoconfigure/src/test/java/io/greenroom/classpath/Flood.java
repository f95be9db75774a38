package io.greenroom.classpath;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.MailboxFullException;
import io.greenroom.deferred.Overflow;
import io.greenroom.green.DrainReport;
import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.CallMode;
import io.greenroom.observe.HandlerGauges;
import io.greenroom.observe.HandlerListener;
import io.greenroom.observe.Observer;
import io.greenroom.testkit.ForkedJvm;

/**
 * A million oneway calls, each with a payload, to a handler that sleeps, in a heap that
 * can't hold them. Says what became of them.
 */
public final class Flood {

	private static final int CALLS = 1_000_000;

	private static final int CALLERS = 8;

	private Flood() {
	}

	/** The argument is the overflow policy. */
	public static void main(String[] args) throws Exception {
		AtomicInteger rejected = new AtomicInteger();
		GreenScheduler scheduler = GreenScheduler.builder().observer(new Observer() {

			@Override
			public HandlerListener handler(String handler, HandlerGauges gauges) {
				return new HandlerListener() {

					@Override
					public void rejected(String method, CallMode mode, String reason) {
						rejected.incrementAndGet();
					}

				};
			}

		}).build();
		Sleeper sleeper = new Sleeper();
		Sleeper flooded = Deferred.of(scheduler, sleeper,
				HandlerOptions.builder().overflow(Overflow.valueOf(args[0])).timeout(Duration.ofSeconds(60)).build())
			.oneway();
		AtomicInteger accepted = new AtomicInteger();
		AtomicInteger told = new AtomicInteger();
		List<CompletableFuture<Void>> callers = new ArrayList<>();
		for (int i = 0; i < CALLERS; i++) {
			callers.add(CompletableFuture.runAsync(() -> call(flooded, accepted, told), Thread::startVirtualThread));
		}
		CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new)).join();
		// Half of the time in a hurry, so that some are told.
		DrainReport report = scheduler.drain(args[0].equals("REJECT") ? Duration.ofMillis(1) : Duration.ofSeconds(30));
		System.out.println(ForkedJvm.ANSWER + "%d accepted, %d told, %d rejected, %d ran, %d left"
			.formatted(accepted.get(), told.get(), rejected.get(), sleeper.ran, queued(report)));
	}

	/** One that runs has run, though its end was not waited for. */
	private static long queued(DrainReport report) {
		return report.work().left().stream().filter((name) -> !name.endsWith("(running)")).count();
	}

	private static void call(Sleeper flooded, AtomicInteger accepted, AtomicInteger told) {
		for (int i = 0; i < CALLS / CALLERS; i++) {
			try {
				flooded.take(new byte[1000]);
				accepted.incrementAndGet();
			}
			catch (MailboxFullException full) {
				told.incrementAndGet();
			}
		}
	}

	/** Takes things, and a nap now and then. */
	static class Sleeper {

		private volatile int ran;

		void take(byte[] thing) {
			this.ran++;
			if (this.ran % 10_000 == 0) {
				LockSupport.parkNanos(10_000_000);
			}
		}

	}

}
