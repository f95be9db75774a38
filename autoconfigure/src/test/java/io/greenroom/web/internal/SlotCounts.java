package io.greenroom.web.internal;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.green.GreenPool;
import io.greenroom.observe.Observer;
import io.greenroom.observe.PoolGauges;
import io.greenroom.observe.PoolListener;
import io.greenroom.testkit.Until;

import static org.assertj.core.api.Assertions.assertThat;

/** Counts how often the slots of the pool {@code one} were given and came back. */
final class SlotCounts implements Observer {

	private final AtomicInteger given = new AtomicInteger();

	private final AtomicInteger back = new AtomicInteger();

	private final AtomicInteger rejected = new AtomicInteger();

	@Override
	public PoolListener pool(String name, PoolGauges gauges) {
		if (!name.equals("one")) {
			return PoolListener.NONE;
		}
		return new PoolListener() {

			@Override
			public void started(Duration waited) {
				SlotCounts.this.given.incrementAndGet();
			}

			@Override
			public void ended(Duration used) {
				SlotCounts.this.back.incrementAndGet();
			}

			@Override
			public void rejected(String reason) {
				SlotCounts.this.rejected.incrementAndGet();
			}

		};
	}

	int given() {
		return this.given.get();
	}

	int back() {
		return this.back.get();
	}

	static GreenPool pool(RunningApp app) {
		return Objects.requireNonNull(app.bean(ControllerPools.class).find("one")).pool();
	}

	int rejected() {
		return this.rejected.get();
	}

	/** Waits until nobody is in, and compares the counts. */
	static void awaitAllBack(RunningApp app) throws InterruptedException {
		SlotCounts counts = app.bean(SlotCounts.class);
		GreenPool pool = pool(app);
		until(() -> pool.active() == 0 && pool.queued() == 0 && counts.given() == counts.back());
		assertThat(counts.back()).isEqualTo(counts.given());
	}

	static void until(java.util.function.BooleanSupplier condition) {
		Until.until("the condition", condition);
	}

}
