package io.greenroom.deferred.internal;

import java.lang.reflect.Field;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.Processing;
import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.CloseSchedulers;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A request to stop a processing that ends at that very moment. Between the check and the
 * write of such a request there is nothing that a test could wait in, so the test writes
 * what it would have left.
 */
@Timeout(60)
@CloseSchedulers
class LateStopTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	@Test
	@DisplayName("D14 a stop that comes as its processing ends has no effect on a later one")
	void aLateStopIsForgotten() throws Exception {
		Deferred<Letters> deferred = Deferred.of(this.scheduler, new Letters(),
				HandlerOptions.builder().processing(Processing.MANUAL).build());
		DeferredCalls calls = deferred.calls();
		assertThat(calls.process()).isZero();
		Field stopping = Processor.class.getDeclaredField("stopping");
		stopping.setAccessible(true);
		stopping.setBoolean(calls, true);
		var length = deferred.async(Letters::length);
		assertThat(calls.process()).isEqualTo(1);
		assertThat(length).isCompletedWithValue(0);
	}

	/** Has some. */
	static class Letters {

		int length() {
			return 0;
		}

	}

}
