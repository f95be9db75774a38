package io.greenroom.deferred.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.greenroom.green.worker.Worker;
import io.greenroom.observe.CallMode;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A mailbox by itself: what callers and the processor tell each other. */
@Timeout(60)
class MailboxTests {

	private final Mailbox mailbox = new Mailbox(10, false, () -> false, System::nanoTime);

	private static Call oneway() {
		return new EmptyCall(CallMode.ONEWAY);
	}

	private static boolean put(Mailbox mailbox, Call call) {
		assertThat(mailbox.tryReserve()).isTrue();
		return mailbox.push(call);
	}

	@Test
	@DisplayName("D06 a call wakes the processor that sleeps, however long it would sleep")
	void wakesTheProcessor() throws Exception {
		CountDownLatch awake = new CountDownLatch(1);
		Thread processor = Thread.ofPlatform().daemon().start(() -> {
			this.mailbox.attend(Thread.currentThread());
			while (this.mailbox.take() == null) {
				this.mailbox.sleep(Long.MAX_VALUE);
			}
			awake.countDown();
		});
		Until.until("the processor to sleep", this.mailbox::isSlept);
		Until.waiting(processor);
		assertThat(put(this.mailbox, oneway())).isTrue();
		assertThat(awake.await(20, TimeUnit.SECONDS)).as("the call is taken").isTrue();
	}

	@DisplayName("U01 D06 a call inside a worker does not wait for somebody outside who is about to wake the processor")
	@ParameterizedTest
	@EnumSource
	void wakesForOthers(Worker.Mode mode) {
		try (Worker worker = Worker.builder().mode(mode).build()) {
			List<Call> taken = new ArrayList<>();
			worker.assign("processor", () -> {
				this.mailbox.attend(Thread.currentThread());
				while (taken.size() < 2) {
					Call call = this.mailbox.take();
					if (call != null) {
						taken.add(call);
					}
					else {
						this.mailbox.sleep(Long.MAX_VALUE);
					}
				}
			});
			worker.work();
			Call outside = oneway();
			Call inside = oneway();
			worker.assign("caller", () -> {
				Thread processor = this.mailbox.processor;
				// What wakes this one has not come to the processor yet.
				this.mailbox.attend(new Thread());
				assertThat(put(this.mailbox, outside)).isTrue();
				this.mailbox.attend(processor);
				assertThat(put(this.mailbox, inside)).isTrue();
			});
			worker.work();
			assertThat(taken).containsExactly(outside, inside);
		}
	}

	@Test
	@DisplayName("D20 a closed mailbox stays closed, whoever looks into it, and what it turns down takes no room")
	void staysClosed() {
		this.mailbox.close((call) -> {
		});
		assertThat(this.mailbox.gather()).isZero();
		assertThat(this.mailbox.take()).isNull();
		assertThat(put(this.mailbox, oneway())).isFalse();
		assertThat(this.mailbox.size()).isZero();
		assertThat(this.mailbox.isClosed()).isTrue();
	}

	@Test
	@DisplayName("D41 a mailbox without a processor has one started by the next call, whoever has looked into it")
	void staysUnattended() {
		List<String> started = new ArrayList<>();
		Mailbox resting = new Mailbox(10, false, () -> started.add("started") && false, System::nanoTime);
		assertThat(resting.leaveUnattended()).isTrue();
		resting.gather();
		assertThat(put(resting, oneway())).isFalse();
		assertThat(started).hasSize(1);
		assertThat(resting.size()).isZero();
	}

	@Test
	@DisplayName("D30 room that is reserved for a call to come keeps the processor, and has one started later")
	void reservedRoomKeepsTheProcessor() {
		assertThat(this.mailbox.tryReserve()).isTrue();
		assertThat(this.mailbox.leaveUnattended()).isFalse();
		assertThat(this.mailbox.leaveUnused()).isFalse();
		assertThat(this.mailbox.push(oneway())).as("is still attended").isTrue();
		assertThat(this.mailbox.take()).isNotNull();
		assertThat(this.mailbox.leaveUnused()).isTrue();
	}

	@Test
	@DisplayName("D20 a close passes on every call, gathered or not, the oldest first")
	void closeTellsAll() {
		List<Call> calls = List.of(oneway(), oneway(), oneway(), oneway());
		put(this.mailbox, calls.get(0));
		put(this.mailbox, calls.get(1));
		this.mailbox.gather();
		put(this.mailbox, calls.get(2));
		put(this.mailbox, calls.get(3));
		List<Call> left = new ArrayList<>();
		this.mailbox.close(left::add);
		assertThat(left).containsExactlyElementsOf(calls);
	}

	@Test
	@DisplayName("D25 a call that is taken gives its room back, in its turn or out of it")
	void roomComesBack() {
		put(this.mailbox, oneway());
		put(this.mailbox, oneway());
		assertThat(this.mailbox.size()).isEqualTo(2);
		assertThat(this.mailbox.take()).isNotNull();
		assertThat(this.mailbox.size()).isEqualTo(1);
		assertThat(this.mailbox.take((call) -> true, this.mailbox.gather())).isNotNull();
		assertThat(this.mailbox.size()).isZero();
	}

	@Test
	@DisplayName("D11 D25 a withdrawn call is taken out whatever the filter says, so that its room comes back")
	void withdrawnCallsAreSkipped() {
		Call withdrawn = oneway();
		put(this.mailbox, withdrawn);
		put(this.mailbox, oneway());
		assertThat(withdrawn.withdraw()).isTrue();
		assertThat(this.mailbox.take((call) -> false, this.mailbox.gather())).isSameAs(withdrawn);
		assertThat(this.mailbox.take((call) -> false, this.mailbox.gather())).isNull();
		assertThat(this.mailbox.size()).isEqualTo(1);
	}

	@Test
	@DisplayName("D25 a call that is dropped is over, so that it is counted once and never runs")
	void droppedCallsAreOver() {
		DroppingMailbox dropping = new DroppingMailbox(10, false, () -> false, System::nanoTime);
		Call oldest = oneway();
		put(dropping, oldest);
		assertThat(dropping.dropOldest()).isSameAs(oldest);
		assertThat(oldest.begin()).isFalse();
		assertThat(oldest.countAsWithdrawn()).isTrue();
	}

}
