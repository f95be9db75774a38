package io.greenroom.deferred.internal;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.Execution;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.CallMode;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Collected;
import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Lending a handler, step by step. */
@Timeout(60)
@CloseSchedulers
class CallerRunsTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	private final Mailbox mailbox = new Mailbox(10, false, () -> false, System::nanoTime);

	private final Desk desk = new Desk();

	private final Handler handler = new Handler(this.scheduler, HandlerType.of(Desk.class), this.desk,
			HandlerOptions.builder().execution(Execution.CALLER_WHEN_IDLE).build());

	private final CallerRuns lending = new CallerRuns(this.handler.core(), this.mailbox);

	private @Nullable CallerRuns watching;

	@SuppressWarnings("NullAway") // nothing is run
	private Object tryToRun() throws Throwable {
		return this.lending.run(new EmptyCall(CallMode.SYNC), null, ContextCarrier.NONE);
	}

	@Test
	@DisplayName("D35 D08 a caller does not run its own call while another one is queued")
	void overtakesNobody() throws Throwable {
		this.lending.offer();
		assertThat(this.mailbox.tryReserve()).isTrue();
		assertThat(this.mailbox.push(new EmptyCall(CallMode.ONEWAY))).isTrue();
		assertThat(tryToRun()).isSameAs(CallerRuns.NOT_LENT);
		assertThat(this.lending.isOffered()).as("the handler is given back").isTrue();
		this.mailbox.gather();
		assertThat(tryToRun()).isSameAs(CallerRuns.NOT_LENT);
		this.lending.takeBack();
		assertThat(tryToRun()).as("the processor has it").isSameAs(CallerRuns.NOT_LENT);
	}

	@Test
	@DisplayName("M08 a caller whose call must be queued after all is not interrupted by an operator who has seen it")
	void isNotInterruptedAfterwards() throws Throwable {
		AtomicReference<Hold> seen = new AtomicReference<>();
		Mailbox watched = new Mailbox(10, false, () -> false, System::nanoTime) {

			@Override
			boolean isEmpty() {
				seen.set(Objects.requireNonNull(CallerRunsTests.this.watching).held());
				return false;
			}

		};
		this.watching = new CallerRuns(this.handler.core(), watched);
		this.watching.offer();
		assertThat(this.watching.run(new EmptyCall(CallMode.SYNC), null, ContextCarrier.NONE))
			.isSameAs(CallerRuns.NOT_LENT);
		assertThat(seen.get().interruptRunning()).isNull();
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	@DisplayName("M08 an operator's interrupt between the taking of a handler and the body is the body's, and an earlier one the caller's")
	void interruptsAreToldApart() throws Throwable {
		for (boolean before : new boolean[] { false, true }) {
			Mailbox watched = new Mailbox(10, false, () -> false, System::nanoTime) {

				@Override
				boolean isEmpty() {
					Objects.requireNonNull(Objects.requireNonNull(CallerRunsTests.this.watching).held())
						.interruptRunning();
					return false;
				}

			};
			this.watching = new CallerRuns(this.handler.core(), watched);
			this.watching.offer();
			if (before) {
				Thread.currentThread().interrupt();
			}
			assertThat(this.watching.run(new EmptyCall(CallMode.SYNC), null, ContextCarrier.NONE))
				.isSameAs(CallerRuns.NOT_LENT);
			assertThat(Thread.interrupted()).isEqualTo(before);
		}
	}

	@Test
	@DisplayName("D35 a caller that comes again uses its hold again")
	void comesAgain() {
		Deferred<Desk> deferred = this.handler.deferred(Desk.class, this.desk);
		Until.until("the handler to be idle", () -> deferred.sync().hold().thread() == Thread.currentThread());
		Until.until("a hold to be used again", () -> deferred.sync().hold() == deferred.sync().hold());
	}

	@Test
	@DisplayName("D35 F05 a handler that never rests keeps no caller's thread, and so not its class loader")
	void forgetsItsLastCaller() throws Exception {
		Handler busy = new Handler(this.scheduler, HandlerType.of(Looping.class), new Looping(),
				HandlerOptions.builder().execution(Execution.CALLER_WHEN_IDLE).busyLimit(Duration.ZERO).build());
		Deferred<Looping> looping = busy.deferred(Looping.class, (Looping) busy.target());
		busy.start();
		WeakReference<Thread> caller = callAndEnd(looping);
		Collected.await(caller);
		assertThat(looping.sync().caller()).isNotNull();
	}

	private static WeakReference<Thread> callAndEnd(Deferred<Looping> looping) throws InterruptedException {
		Thread caller = Thread.ofPlatform()
			.start(() -> Until.until("the loop to wait", () -> looping.sync().caller() == Thread.currentThread()));
		caller.join();
		return new WeakReference<>(caller);
	}

	/** Processes its calls for ever. */
	static class Looping {

		@ProcessingLoop
		void loop(DeferredCalls calls) throws InterruptedException {
			calls.processForever();
		}

		Thread caller() {
			return Thread.currentThread();
		}

	}

	/** Works. */
	static class Desk {

		void work() {
		}

		Hold hold() {
			return Objects.requireNonNull(Hold.current());
		}

	}

}
