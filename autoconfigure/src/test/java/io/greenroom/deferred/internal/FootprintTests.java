package io.greenroom.deferred.internal;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

import com.sun.management.ThreadMXBean;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.CallMode;
import io.greenroom.testkit.BootProcess;
import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** What calls and idle handlers weigh. */
@Timeout(60)
class FootprintTests {

	private static final int CALLS = 10_000;

	private static final int HANDLERS = 5_000;

	private static final int WARM_UP = 20_000;

	@Test
	@DisplayName("D25 a call's node is no more than 64 bytes, besides its arguments")
	void callsAreSmall() throws Exception {
		try (GreenScheduler scheduler = GreenScheduler.builder().build()) {
			Plain plain = new Plain();
			Handler handler = new Handler(scheduler, HandlerType.of(Plain.class), plain, HandlerOptions.defaults());
			HandlerMethod method = HandlerType.of(Plain.class).method(Plain.class.getDeclaredMethod("call"));
			CallTarget entry = new CallTarget(handler.core(), plain);
			@Nullable Object[] arguments = {};
			IntFunction<Object> node = (i) -> new MethodCall(method, CallMode.ONEWAY, entry, arguments);
			allocatedBy(node);
			long bytes = allocatedBy(node) / CALLS;
			System.out.println("A call's node takes " + bytes + " bytes");
			assertThat(bytes).isBetween(16L, 64L);
		}
	}

	private static long allocatedBy(IntFunction<Object> maker) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		Object[] made = new Object[CALLS];
		long before = threads.getCurrentThreadAllocatedBytes();
		for (int i = 0; i < CALLS; i++) {
			made[i] = maker.apply(i);
		}
		long after = threads.getCurrentThreadAllocatedBytes();
		assertThat(made).doesNotContainNull();
		return after - before;
	}

	@Test
	@DisplayName("D41 an idle handler with its handle holds at most 2 kB, and before it rests no more than 5")
	void idleHandlersAreSmall() {
		// In a JVM of its own, compiled as an application that has run for a while: which
		// frames are compiled decides how large a parked stack is, and what ran before in
		// this JVM decides which are.
		try (BootProcess measured = new BootProcess(List.of("-XX:TieredStopAtLevel=4", "-Xbatch"),
				FootprintTests.class)) {
			measured.await("small while waiting", "small at rest");
			System.out.println(measured.output());
		}
	}

	/**
	 * Measures idle handlers, and says whether they are small.
	 * @param arguments none
	 */
	public static void main(String[] arguments) {
		try (GreenScheduler scheduler = GreenScheduler.builder().build()) {
			for (int i = 0; i < WARM_UP; i++) {
				try (Deferred<Plain> warmUp = Deferred.of(scheduler, new Plain())) {
					warmUp.sync().call();
				}
			}
			List<Handler> handlers = new ArrayList<>(HANDLERS);
			List<Deferred<Plain>> handles = new ArrayList<>(HANDLERS);
			long before = usedHeap();
			for (int i = 0; i < HANDLERS; i++) {
				Plain plain = new Plain();
				Handler handler = new Handler(scheduler, HandlerType.of(Plain.class), plain, HandlerOptions.defaults());
				handlers.add(handler);
				handles.add(handler.deferred(Plain.class, plain));
				handles.getLast().sync().call();
			}
			long bytes = (usedHeap() - before) / HANDLERS;
			handlers.forEach(Handler::rest);
			for (Handler handler : handlers) {
				Until.until(handler.name() + " to rest", () -> handler.threads().isEmpty());
			}
			long resting = (usedHeap() - before) / HANDLERS;
			assertThat(handles).hasSameSizeAs(handlers);
			System.out.printf("A waiting handler takes %d bytes, a resting one %d%n", bytes, resting);
			BootProcess.at((bytes <= 5368) ? "small while waiting" : bytes + " bytes while waiting");
			BootProcess.stayAt((resting <= 2048) ? "small at rest" : resting + " bytes at rest");
		}
	}

	private static long usedHeap() {
		long used = Long.MAX_VALUE;
		for (int i = 0; i < 5; i++) {
			System.gc();
			used = Math.min(used, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
		}
		return used;
	}

	/** Does nothing. */
	static class Plain {

		void call() {
		}

	}

}
