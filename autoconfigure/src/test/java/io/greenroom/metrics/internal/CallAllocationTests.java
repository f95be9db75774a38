package io.greenroom.metrics.internal;

import java.lang.management.ManagementFactory;
import java.util.List;

import com.sun.management.ThreadMXBean;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.Processing;
import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.Observer;
import io.greenroom.spring.internal.HandlerEvents;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** What a call allocates with meters, and without. */
@Timeout(120)
class CallAllocationTests {

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private static final int CALLS = 100_000;

	@Test
	@DisplayName("M11 a call allocates no more with meters than without, however many observers there are")
	void allocatesNoMore() {
		Observer events = new HandlerEvents((event) -> {
		});
		double without = perCall(Observer.NONE);
		double with = perCall(new MeterObserver(new SimpleMeterRegistry()));
		double several = perCall(
				Observer.all(List.of(events, new MeterObserver(new SimpleMeterRegistry()), new Observer() {
				})));
		assertThat(with - without).as("%s bytes, %s without", with, without).isLessThan(1);
		assertThat(several - without).as("%s bytes, %s without", several, without).isLessThan(1);
	}

	/** Returns the bytes of a call and its body, both on this thread. */
	private static double perCall(Observer observer) {
		try (GreenScheduler scheduler = GreenScheduler.builder().observer(observer).build()) {
			Deferred<Till> till = Deferred.of(scheduler, new Till(),
					HandlerOptions.builder().processing(Processing.MANUAL).build());
			Till calls = till.oneway();
			run(till, calls);
			run(till, calls);
			long before = THREADS.getCurrentThreadAllocatedBytes();
			run(till, calls);
			return (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) CALLS;
		}
	}

	private static void run(Deferred<Till> till, Till calls) {
		for (int i = 0; i < CALLS; i += 1000) {
			for (int k = 0; k < 1000; k++) {
				calls.pay();
			}
			till.calls().process();
		}
	}

	static class Till {

		private int paid;

		void pay() {
			this.paid++;
		}

	}

}
