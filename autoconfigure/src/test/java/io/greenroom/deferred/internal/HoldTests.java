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
	@SuppressWarnings("NullAway") // of no handler
	void aCallerKeepsNoInterrupt() throws Exception {
		AtomicReference<Boolean> left = new AtomicReference<>();
		Thread caller = Thread.ofPlatform().start(() -> {
			Hold lent = Hold.lent(null, this.outer);
			lent.enter();
			assertThat(lent.interruptRunning()).isEqualTo("nothing");
			lent.leave();
			left.set(Thread.currentThread().isInterrupted());
		});
		caller.join();
		assertThat(left).hasValue(false);
	}

}
