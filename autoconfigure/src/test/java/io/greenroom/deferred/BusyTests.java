package io.greenroom.deferred;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.HandlerGauges;
import io.greenroom.observe.HandlerListener;
import io.greenroom.observe.Observer;
import io.greenroom.testkit.CloseSchedulers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Handlers that are busy for longer than they should be. */
@Timeout(60)
@CloseSchedulers
class BusyTests {

	private final HandlerOptions brief = options().toBuilder().busyLimit(Duration.ofMillis(50)).build();

	private final BlockingQueue<String> reports = new LinkedBlockingQueue<>();

	private final List<StackTraceElement> stack = new ArrayList<>();

	private final CountDownLatch leave = new CountDownLatch(1);

	private final GreenScheduler scheduler = GreenScheduler.builder().observer(new Observer() {

		@Override
		public HandlerListener handler(String handler, HandlerGauges gauges) {
			return new HandlerListener() {

				@Override
				public void busy(String method, Duration since, List<StackTraceElement> at) {
					BusyTests.this.stack.addAll(at);
					BusyTests.this.reports.add(handler + "." + method);
				}

			};
		}

	}).build();

	/** Overridden where all of this is to hold with other options too. */
	HandlerOptions options() {
		return HandlerOptions.defaults();
	}

	@AfterEach
	void close() {
		this.leave.countDown();
	}

	@Test
	@DisplayName("M01 a body busy for longer than the limit is reported once, with its stack; the next one anew")
	void busyBodies() throws Exception {
		Deferred<Slow> slow = Deferred.of(this.scheduler, new Slow(), this.brief);
		slow.oneway().hold(this.leave);
		assertThat(this.reports.poll(20, TimeUnit.SECONDS)).isEqualTo("Slow.hold");
		assertThat(this.stack).anyMatch((frame) -> frame.getMethodName().equals("hold"));
		assertThat(this.reports.poll(200, TimeUnit.MILLISECONDS)).isNull();
		this.leave.countDown();
		CountDownLatch again = new CountDownLatch(1);
		slow.oneway().hold(again);
		assertThat(this.reports.poll(20, TimeUnit.SECONDS)).isEqualTo("Slow.hold");
		again.countDown();
	}

	@Test
	@DisplayName("M01 D38 read-only bodies are watched too, each for itself")
	void busyReaders() throws Exception {
		Deferred<Slow> slow = Deferred.of(this.scheduler, new Slow(), this.brief);
		slow.oneway().read(this.leave);
		slow.oneway().read(this.leave);
		assertThat(this.reports.poll(20, TimeUnit.SECONDS)).isEqualTo("Slow.read");
		assertThat(this.reports.poll(20, TimeUnit.SECONDS)).isEqualTo("Slow.read");
		assertThat(this.reports.poll(200, TimeUnit.MILLISECONDS)).isNull();
	}

	@Test
	@DisplayName("D36 M01 a loop that lets nothing in for longer than its limit is reported; one that waits for calls is not")
	void busyLoops() throws Exception {
		Deferred<Looped> looped = Deferred.of(this.scheduler, new Looped(), this.brief);
		assertThat(this.reports.poll(200, TimeUnit.MILLISECONDS)).isNull();
		looped.oneway().beBusyAfterwards(this.leave);
		assertThat(this.reports.poll(20, TimeUnit.SECONDS)).isEqualTo("Looped.run");
	}

	@Test
	@DisplayName("M01 exempt handlers are never reported, nor idle ones")
	void exemptHandlers() throws Exception {
		Deferred<Slow> exempt = Deferred.of(this.scheduler, new Slow(),
				this.brief.toBuilder().busyLimit(Duration.ZERO).build());
		Deferred<Slow> watched = Deferred.of(this.scheduler, new Slow(), this.brief);
		watched.sync().read(new CountDownLatch(0));
		exempt.oneway().hold(this.leave);
		assertThat(this.reports.poll(300, TimeUnit.MILLISECONDS)).isNull();
	}

	/** Takes its time. */
	static class Slow {

		void hold(CountDownLatch leave) throws InterruptedException {
			leave.await();
		}

		@ReadOnly
		void read(CountDownLatch leave) throws InterruptedException {
			leave.await();
		}

	}

	/** A loop that stops letting calls in. */
	static class Looped {

		private CountDownLatch busy = new CountDownLatch(0);

		@ProcessingLoop
		void run(DeferredCalls calls) throws InterruptedException {
			while (!calls.isClosing()) {
				calls.process(Duration.ofSeconds(1));
				this.busy.await();
			}
		}

		void beBusyAfterwards(CountDownLatch leave) {
			this.busy = leave;
		}

	}

}
