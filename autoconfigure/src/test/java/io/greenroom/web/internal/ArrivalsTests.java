package io.greenroom.web.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class ArrivalsTests {

	private final CountDownLatch ended = new CountDownLatch(1);

	private final AtomicInteger ends = new AtomicInteger();

	private Flight flight(Arrivals arrivals) {
		Flight flight = new Flight(arrivals, HopUser.UNKNOWN);
		assertThat(flight.keep("bean", () -> {
			this.ends.incrementAndGet();
			this.ended.countDown();
		})).isTrue();
		return flight;
	}

	@Test
	@DisplayName("H07 a dispatch back that the server has lost ends the flight all the same, once")
	void lost() throws Exception {
		Arrivals arrivals = new Arrivals(Duration.ofMillis(20));
		Flight flight = flight(arrivals);
		flight.down();
		assertThat(this.ended.await(20, TimeUnit.SECONDS)).isTrue();
		flight.end();
		assertThat(this.ends).hasValue(1);
		arrivals.close();
	}

	@Test
	@DisplayName("H07 a dispatch that throws ends the flight at once")
	void rejected() {
		Arrivals arrivals = new Arrivals();
		Flight flight = flight(arrivals);
		FutureTask<Void> task = new FutureTask<>(() -> {
			throw new IllegalStateException("No dispatch");
		});
		flight.task(task);
		task.run();
		flight.down();
		assertThat(this.ends).hasValue(1);
		arrivals.close();
	}

	@Test
	@DisplayName("H07 with the server gone, who waits for the dispatch back ends, and who comes later")
	void stopped() {
		Arrivals arrivals = new Arrivals();
		flight(arrivals).down();
		assertThat(this.ends).hasValue(0);
		arrivals.close();
		assertThat(this.ends).hasValue(1);
		flight(arrivals).down();
		assertThat(this.ends).hasValue(2);
	}

	@Test
	@DisplayName("H14 a server that is to end a request waits until the controller has let it go, also if it is stopped")
	void abortWaits() throws Exception {
		Arrivals arrivals = new Arrivals();
		Flight flight = flight(arrivals);
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		FutureTask<Void> task = new FutureTask<>(() -> {
			running.countDown();
			try {
				goOn.await();
				interrupted.complete(false);
			}
			catch (InterruptedException ex) {
				interrupted.complete(true);
			}
			return null;
		});
		flight.task(task);
		Thread controller = Thread.ofVirtual().start(() -> {
			flight.steer();
			task.run();
			// Nobody waits for who is told by itself.
			flight.abort();
			flight.down();
		});
		assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
		CompletableFuture<Boolean> server = new CompletableFuture<>();
		Thread.ofVirtual().start(() -> {
			flight.abort();
			server.complete(interrupted.isDone());
		});
		assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
		assertThat(server.get(20, TimeUnit.SECONDS)).isTrue();
		assertThat(controller.join(Duration.ofSeconds(20))).isTrue();
		arrivals.close();
	}

}
