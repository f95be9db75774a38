package io.greenroom.deferred.internal;

import io.greenroom.deferred.Execution;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.CallMode;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.testkit.CloseSchedulers;
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

	/** Works. */
	static class Desk {

		void work() {
		}

	}

}
