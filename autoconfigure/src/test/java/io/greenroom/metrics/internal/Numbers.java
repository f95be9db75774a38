package io.greenroom.metrics.internal;

import java.time.Duration;

import io.greenroom.observe.HandlerGauges;

/** A handler's numbers, as a test wants them. */
record Numbers(int queued, Duration oldestAge) implements HandlerGauges {
}
