package io.greenroom.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.deferred.Execution;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.Processing;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.deferred.Urgent;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.observe.CallMode;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;

@CloseSchedulers
@Timeout(60)
class HeldMailboxTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	private final Desk desk = new Desk();

	private final Deferred<Desk> handle = Deferred.of(this.scheduler, this.desk);

	static class Desk {

		private final List<String> log = Collections.synchronizedList(new ArrayList<>());

		private final CountDownLatch busy = new CountDownLatch(1);

		private final CountDownLatch go = new CountDownLatch(1);

		@Oneway
		void note(String what) {
			this.log.add(what);
		}

		@Oneway
		void noteTwice(String what) {
			note(what);
			note(what + " again");
		}

		int count() {
			return this.log.size();
		}

		@Urgent
		void hurry() {
			this.log.add("hurry");
		}

		@ReadOnly
		int peek() {
			return this.log.size();
		}

		void fail() {
			throw new IllegalStateException("as planned");
		}

		void stay() throws InterruptedException {
			this.busy.countDown();
			this.go.await();
		}

	}

	@Test
	@DisplayName("U06 a held mailbox lets its calls through one by one, in order, and the rest when it is released")
	void stepsCallByCall() throws Exception {
		try (HeldMailbox mailbox = HeldMailbox.hold(this.handle)) {
			for (String what : List.of("one", "two", "three", "four")) {
				this.handle.sync().note(what);
			}
			assertThat(mailbox.calls()).extracting(QueuedCall::method).containsOnly("note").hasSize(4);
			assertThat(this.desk.log).isEmpty();
			assertThat(mailbox.step()).isTrue();
			assertThat(this.desk.log).containsExactly("one");
			assertThat(mailbox.step()).isTrue();
			assertThat(this.desk.log).containsExactly("one", "two");
			assertThat(mailbox.calls()).extracting((call) -> call.arguments().getFirst())
				.containsExactly("three", "four");
		}
		assertThat(this.handle.sync().count()).isEqualTo(4);
		assertThat(this.desk.log).containsExactly("one", "two", "three", "four");
	}

	@Test
	@DisplayName("U06 a queued call says its method, how it was called, by whom and with what")
	void saysWhatWaits() throws Exception {
		try (HeldMailbox mailbox = HeldMailbox.hold(this.handle)) {
			this.handle.sync().note("one");
			GreenThread<Integer> caller = this.scheduler.spawn("caller", () -> this.handle.sync().count());
			Until.until("the caller's call", () -> mailbox.calls().size() == 2);
			CompletableFuture<Integer> future = this.handle.async(Desk::count);
			List<QueuedCall> calls = mailbox.calls();
			assertThat(calls).extracting(QueuedCall::method).containsExactly("note", "count", "async");
			assertThat(calls).extracting(QueuedCall::mode)
				.containsExactly(CallMode.ONEWAY, CallMode.SYNC, CallMode.ASYNC);
			assertThat(calls.get(0).caller()).contains("HeldMailboxTests.saysWhatWaits");
			assertThat(calls.get(0)).hasToString("oneway note(one) by " + calls.get(0).caller());
			assertThat(calls.get(1)).hasToString("sync count() by caller");
			assertThat(calls.get(2).caller()).isNull();
			assertThat(QueuedCall.of(this.handle)).isEqualTo(calls);
			mailbox.step();
			mailbox.step();
			assertThat(caller.get()).isEqualTo(1);
			assertThat(future).isNotDone();
			mailbox.step();
			assertThat(future).isCompletedWithValue(1);
			assertThat(mailbox.step()).isFalse();
		}
	}

	@Test
	@DisplayName("U06 an urgent call is the next step, and a call that its caller has given up is none")
	void takesCallsAsTheHandlerDoes() throws Exception {
		try (HeldMailbox mailbox = HeldMailbox.hold(this.handle)) {
			assertThatExceptionOfType(DeferredTimeoutException.class)
				.isThrownBy(() -> this.handle.sync(Duration.ofMillis(20)).count());
			this.handle.sync().note("ordinary");
			this.handle.oneway().hurry();
			assertThat(mailbox.step()).isTrue();
			assertThat(this.desk.log).containsExactly("hurry");
			assertThat(mailbox.step()).isTrue();
			assertThat(this.desk.log).containsExactly("hurry", "ordinary");
			assertThat(mailbox.step()).isFalse();
		}
	}

	@Test
	@DisplayName("U06 a step ends with its body, whatever that does: throws, reads, calls its own handler")
	void aStepEndsWithItsBody() throws Exception {
		try (HeldMailbox mailbox = HeldMailbox.hold(this.handle)) {
			CompletableFuture<Object> failing = this.handle.async((target) -> {
				target.fail();
				return null;
			});
			this.handle.oneway().noteTwice("x");
			GreenThread<Integer> reader = this.scheduler.spawn(() -> this.handle.sync().peek());
			Until.until("the reader's call", () -> mailbox.calls().size() == 3);
			assertThat(mailbox.step()).isTrue();
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(failing::get)
				.withMessageContaining("as planned");
			assertThat(mailbox.step()).isTrue();
			assertThat(this.desk.log).containsExactly("x", "x again");
			assertThat(mailbox.step()).isTrue();
			assertThat(reader.get()).isEqualTo(2);
		}
	}

	@Test
	@DisplayName("U06 callers that run their own calls on an idle handler wait too while it is held")
	void callersWaitToo() throws Exception {
		Deferred<Desk> eager = Deferred.of(this.scheduler, new Desk(),
				HandlerOptions.builder().execution(Execution.CALLER_WHEN_IDLE).build());
		eager.sync().count();
		try (HeldMailbox mailbox = HeldMailbox.hold(eager)) {
			GreenThread<Integer> caller = this.scheduler.spawn(() -> eager.sync().count());
			Until.until("the call", () -> mailbox.calls().size() == 1);
			assertThat(caller.isDone()).isFalse();
			mailbox.step();
			assertThat(caller.get()).isZero();
		}
	}

	@Test
	@DisplayName("U06 a handler that is busy can't be held in time; the failure says with what, and nothing is held")
	void saysWhyItCannotHold() throws Exception {
		GreenThread<Void> caller = this.scheduler.spawn(() -> this.handle.sync().stay());
		this.desk.busy.await();
		this.handle.sync().note("later");
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> HeldMailbox.hold(this.handle, Duration.ofMillis(20)))
			.withMessageContaining("could not be held within PT0.02S")
			.withMessageContaining("runs   stay on handler-Desk")
			.withMessageContaining("queued oneway note(later)");
		this.desk.go.countDown();
		caller.get();
		assertThat(this.handle.sync().count()).isEqualTo(1);
	}

	@Test
	@DisplayName("U06 a step that does not end says so")
	void saysThatAStepDoesNotEnd() throws Exception {
		try (HeldMailbox mailbox = HeldMailbox.hold(this.handle)) {
			this.handle.oneway().stay();
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> mailbox.step(Duration.ofMillis(20)))
				.withMessageContaining("has not ended within PT0.02S")
				.withMessageContaining("runs   stay");
			this.desk.go.countDown();
		}
	}

	@Test
	@DisplayName("U06 a released mailbox is stepped no more, and release may come twice")
	void rejectsStepsOnceReleased() throws Exception {
		HeldMailbox mailbox = HeldMailbox.hold(this.handle);
		mailbox.release();
		mailbox.close();
		assertThatIllegalStateException().isThrownBy(mailbox::step).withMessageContaining("is not held any more");
		assertThat(mailbox.toString()).isEqualTo("HeldMailbox[Desk, released, 0 waiting]");
	}

	@Test
	@DisplayName("U06 a held handler that is shut down is let go: what was accepted runs")
	void shutdownLetsGo() throws Exception {
		HeldMailbox mailbox = HeldMailbox.hold(this.handle);
		this.handle.sync().note("accepted");
		this.handle.close();
		assertThat(this.desk.log).containsExactly("accepted");
		assertThatIllegalStateException().isThrownBy(mailbox::step);
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(() -> HeldMailbox.hold(this.handle));
	}

	@Test
	@DisplayName("U06 a handler without an owner, and a handle without a mailbox, are rejected with the reason")
	@SuppressWarnings("unchecked")
	void rejectsWhatCannotBeHeld() {
		Deferred<Desk> manual = Deferred.of(this.scheduler, new Desk(),
				HandlerOptions.builder().processing(Processing.MANUAL).build());
		assertThatIllegalArgumentException().isThrownBy(() -> HeldMailbox.hold(manual))
			.withMessageContaining("processing = MANUAL");
		assertThatIllegalArgumentException().isThrownBy(() -> HeldMailbox.hold(mock(Deferred.class)))
			.withMessageContaining("perhaps because it is a mock");
		assertThatIllegalArgumentException().isThrownBy(() -> HeldMailbox.hold(this.handle, Duration.ofSeconds(-1)))
			.withMessageContaining("The limit is negative");
	}

}
