package io.greenroom.metrics.internal;

import io.greenroom.observe.PoolGauges;

/** A pool's numbers, as a test wants them. */
record PoolNumbers(int size, int active, int queued) implements PoolGauges {
}
