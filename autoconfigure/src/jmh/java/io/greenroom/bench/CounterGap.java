package io.greenroom.bench;

import java.util.concurrent.CountDownLatch;

/** What lies before the fields of {@link Counter}, and those. */
@SuppressWarnings("unused") // the gap is only to be there
abstract class CounterGap {

	private int g0;

	private long g1, g2, g3, g4, g5, g6, g7, g8, g9, g10, g11, g12, g13, g14, g15, g16;

	abstract static class Count extends CounterGap {

		int count;

		int awaited;

		volatile CountDownLatch reached;

	}

}
