package io.greenroom.deferred.internal;

import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.observe.CallMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** The thread of a handler, and interrupts meant for its bodies. */
@Timeout(60)
class HoldTests {

	private final Call outer = new EmptyCall(CallMode.SYNC);

	private final Call inner = new EmptyCall(CallMode.SYNC);

	@SuppressWarnings("NullAway") // of no handler
	private final Hold held = Hold.begin(null, true);

	@AfterEach
	void end() {
		Thread.interrupted();
		this.held.end();
	}

	@Test
	@DisplayName("D10 an interrupt that a body leaves behind reaches neither the next body nor the handler's thread")
	void anInterruptIsForOneBody() {
		this.held.begin(this.outer);
		Thread.currentThread().interrupt();
		this.held.end(this.outer);
		this.held.dropInterrupt(this.outer, false);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	@DisplayName("D10 an interrupt for a call whose body does not run interrupts nothing")
	void onlyItsOwnBodyIsInterrupted() {
		this.held.begin(this.outer);
		this.held.interrupt(this.inner);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		this.held.interrupt(this.outer);
		assertThat(Thread.interrupted()).isTrue();
		this.held.end(this.outer);
		this.held.interrupt(this.outer);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	@DisplayName("D10 D15 a body that has let another call in is interrupted when it goes on")
	void aBodyIsInterruptedWhenItGoesOn() {
		this.held.begin(this.outer);
		Call around = this.held.begin(this.inner);
		assertThat(around).isSameAs(this.outer);
		this.held.interrupt(this.outer);
		assertThat(Thread.currentThread().isInterrupted()).as("in the body that was let in").isFalse();
		this.held.endNested(this.inner, this.outer);
		assertThat(Thread.interrupted()).as("in the body that has let it in").isTrue();
	}

	@Test
	@DisplayName("D10 D15 a call that is let in does not see the interrupt of the body around it")
	void aCallLetInIsNotInterrupted() {
		this.held.begin(this.outer);
		this.held.interrupt(this.outer);
		this.held.begin(this.inner);
		assertThat(Thread.currentThread().isInterrupted()).as("in the body that was let in").isFalse();
		this.held.endNested(this.inner, this.outer);
		assertThat(Thread.interrupted()).as("in the body that has let it in").isTrue();
	}

	@Test
	@DisplayName("M08 a caller that runs its own call keeps no interrupt that an operator meant for the body")
	void aCallerKeepsNoInterrupt() throws Exception {
		AtomicReference<Boolean> left = new AtomicReference<>();
		Thread caller = Thread.ofPlatform().start(() -> {
			interruptedByOperator();
			left.set(Thread.currentThread().isInterrupted());
		});
		caller.join();
		assertThat(left).hasValue(false);
	}

	/** The current thread runs its own call, whose body an operator interrupts. */
	@SuppressWarnings("NullAway") // of no handler
	private Hold interruptedByOperator() {
		Hold lent = Hold.lent(null, this.outer, null);
		this.outer.beginOnCaller();
		lent.enter();
		assertThat(lent.interruptRunning()).isEqualTo("nothing");
		lent.leave();
		return lent;
	}

	@Test
	@DisplayName("M08 a caller that runs its next call too keeps an interrupt of its own, whatever an operator did before")
	@SuppressWarnings("NullAway") // of no handler
	void theNextCallStartsAnew() throws Exception {
		AtomicReference<Boolean> left = new AtomicReference<>();
		Thread caller = Thread.ofPlatform().start(() -> {
			Hold first = interruptedByOperator();
			Hold second = Hold.lent(null, this.inner, first);
			assertThat(second).isSameAs(first);
			assertThat(second.interruptRunning()).as("before it begins").isNull();
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
			this.inner.beginOnCaller();
			second.enter();
			assertThat(second.running()).isSameAs(this.inner);
			Thread.currentThread().interrupt();
			second.leave();
			left.set(Thread.currentThread().isInterrupted());
		});
		caller.join();
		assertThat(left).hasValue(true);
	}

	@Test
	@DisplayName("D19 D35 a hold that is used again is the same thread's, and round no other one")
	@SuppressWarnings("NullAway") // of no handler
	void onlyItsOwn() throws Exception {
		AtomicReference<Hold> others = new AtomicReference<>();
		Thread other = Thread.ofPlatform().start(() -> {
			Hold first = Hold.lent(null, this.outer, null);
			first.leave();
			others.set(first);
		});
		other.join();
		Thread caller = Thread.ofPlatform().start(() -> {
			Hold mine = Hold.lent(null, this.outer, others.get());
			mine.leave();
			Hold around = Hold.begin(null, true);
			Hold within = Hold.lent(null, this.inner, mine);
			others.set((mine.thread() == Thread.currentThread() && within != mine && !within.isOnly()) ? within : null);
			around.end();
		});
		caller.join();
		assertThat(others.get()).isNotNull();
	}

}
