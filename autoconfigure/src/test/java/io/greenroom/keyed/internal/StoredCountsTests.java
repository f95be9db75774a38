package io.greenroom.keyed.internal;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerHost;
import io.greenroom.green.GreenScheduler;
import io.greenroom.metrics.internal.MeterObserver;
import io.greenroom.observe.KeyedListener;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Numbers that only the database knows, for meters. */
@Timeout(30)
@CloseSchedulers
class StoredCountsTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	private final Counting factory = new Counting();

	private final StoredCounts counts = new StoredCounts("orders", this.scheduler, new AtomicInteger(7), this.factory,
			Duration.ZERO);

	@AfterEach
	void end() {
		this.factory.mayCount.countDown();
	}

	@Test
	@DisplayName("K10 a meter never waits for the database: it has no number until there is one, then the latest known")
	void neverWaits() {
		assertThat(this.counts.active()).isEqualTo(7);
		assertThat(this.factory.asked).as("before anybody reads").hasValue(0);
		assertThat(this.counts.stored("paid")).isNaN();
		assertThat(this.counts.stranded()).isNaN();
		Until.until("the database is asked", () -> this.factory.asked.get() == 1);
		assertThat(this.counts.stored("paid")).as("while the database does not answer").isNaN();
		assertThat(this.factory.asked).as("one look at a time").hasValue(1);
		this.factory.mayCount.countDown();
		Until.until("a number", () -> this.counts.stored("paid") == 3);
		assertThat(this.counts.stored("sent")).isZero();
		assertThat(this.counts.stranded()).isEqualTo(2);
		this.factory.paid = 4;
		Until.until("the next number", () -> this.counts.stored("paid") == 4);
	}

	@Test
	@DisplayName("K10 a database that fails leaves no number behind, and the meter has one again when it is back")
	void failure() {
		this.factory.mayCount.countDown();
		Until.until("a number", () -> this.counts.stored("paid") == 3);
		this.factory.failing = true;
		Until.until("no number", () -> Double.isNaN(this.counts.stored("paid")));
		this.factory.failing = false;
		Until.until("a number again", () -> this.counts.stored("paid") == 3);
	}

	@Test
	@DisplayName("K10 numbers are counted again when they are old, and not with each look")
	void seldom() {
		this.factory.mayCount.countDown();
		StoredCounts lasting = new StoredCounts("orders", this.scheduler, new AtomicInteger(), this.factory,
				Duration.ofHours(1));
		Until.until("a number", () -> lasting.stored("paid") == 3);
		this.factory.paid = 4;
		for (int i = 0; i < 1000; i++) {
			assertThat(lasting.stored("paid")).isEqualTo(3);
		}
		assertThat(this.factory.asked).hasValue(1);
	}

	@Test
	@DisplayName("K10 a closed scheduler leaves the last number")
	void closed() {
		this.factory.mayCount.countDown();
		Until.until("a number", () -> this.counts.stored("paid") == 3);
		this.scheduler.close();
		assertThat(this.counts.stored("paid")).isEqualTo(3);
	}

	@Test
	@DisplayName("K10 there is a gauge for each state of a durable handler and one for its stranded keys, by the handler's name only")
	void meters() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		this.factory.mayCount.countDown();
		KeyedListener listener = new MeterObserver(registry).keyed("orders", this.counts);
		assertThat(listener).isNotNull();
		Gauge paid = registry.get("greenroom.durable.keys").tag("handler", "orders").tag("state", "paid").gauge();
		Gauge sent = registry.get("greenroom.durable.keys").tag("handler", "orders").tag("state", "sent").gauge();
		Gauge stranded = registry.get("greenroom.durable.stranded").tag("handler", "orders").gauge();
		Until.until("a number", () -> paid.value() == 3);
		assertThat(sent.value()).isZero();
		assertThat(stranded.value()).isEqualTo(2);
		assertThat(registry.getMeters()).allSatisfy(
				(meter) -> assertThat(meter.getId().getTags()).extracting("key").isSubsetOf("handler", "state"));
	}

	/** Counts what it is told to. */
	private static final class Counting implements KeyedFactory<String> {

		private final CountDownLatch mayCount = new CountDownLatch(1);

		private final AtomicInteger asked = new AtomicInteger();

		private volatile boolean failing;

		private volatile long paid = 3;

		@Override
		public HandlerHost.Made make(String key, Handler handler) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Set<String> states() {
			return Set.of("paid", "sent");
		}

		@Override
		public boolean isStored() {
			return true;
		}

		@Override
		public Map<String, Long> counts() {
			this.asked.incrementAndGet();
			try {
				this.mayCount.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException(ex);
			}
			if (this.failing) {
				throw new IllegalStateException("the database is down");
			}
			return Map.of("paid", this.paid);
		}

		@Override
		public long strandedCount() {
			return 2;
		}

	}

}
