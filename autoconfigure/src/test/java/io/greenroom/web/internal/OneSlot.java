package io.greenroom.web.internal;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.greenroom.green.GreenPool;

import static io.greenroom.web.internal.SlotCounts.awaitAllBack;
import static io.greenroom.web.internal.SlotCounts.pool;
import static io.greenroom.web.internal.SlotCounts.until;
import static org.assertj.core.api.Assertions.assertThat;

/** An application whose pool {@code one} has one slot, which is never lost or doubled. */
final class OneSlot {

	private OneSlot() {
	}

	static RunningApp start(String serverAndMode, Class<?> application, String... more) {
		List<String> properties = new ArrayList<>(
				List.of("greenroom.pools.one.size=1", "greenroom.pools.one.queue-capacity=3"));
		properties.addAll(List.of(more));
		if (properties.stream().noneMatch((property) -> property.contains("queue-timeout"))) {
			properties.add("greenroom.pools.one.queue-timeout=20s");
		}
		return RunningApp.startOn(serverAndMode, application, properties.toArray(String[]::new));
	}

	/** Exactly one slot is there: not none, and not two. */
	static void assertWhole(RunningApp app) throws Exception {
		awaitAllBack(app);
		GreenPool pool = pool(app);
		Gate gate = app.bean(Gate.class);
		CompletableFuture<HttpResponse<String>> first = app.getAsync("/gate");
		until(() -> gate.inside() == 1);
		CompletableFuture<HttpResponse<String>> second = app.getAsync("/gate");
		until(() -> pool.queued() == 1);
		assertThat(gate.inside()).isEqualTo(1);
		gate.letOut(2);
		assertThat(first.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
		assertThat(second.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
		awaitAllBack(app);
	}

}
