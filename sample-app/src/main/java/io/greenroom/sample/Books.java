package io.greenroom.sample;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.stereotype.Component;

/** Two can read at a time. The others wait, for however long that takes. */
@Component
class Books implements Ledger {

	private static final int READERS = 2;

	private final Semaphore readers = new Semaphore(READERS, true);

	private final AtomicInteger present = new AtomicInteger();

	private final Duration reading;

	Books(BoxOfficeProperties properties) {
		this.reading = properties.reportTime();
	}

	@Override
	public int read() throws InterruptedException {
		int atOnce = this.present.incrementAndGet();
		try {
			this.readers.acquire();
			try {
				Thread.sleep(this.reading);
			}
			finally {
				this.readers.release();
			}
			return atOnce;
		}
		finally {
			this.present.decrementAndGet();
		}
	}

}
