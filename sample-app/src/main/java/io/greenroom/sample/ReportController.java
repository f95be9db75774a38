package io.greenroom.sample;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.web.RunInPool;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Slow reports in their own pool, so they cannot slow down the sale. */
@RestController
@RunInPool("reports")
class ReportController {

	private final BoxOffice boxOffice;

	private final Ledger ledger;

	private final AtomicInteger inside = new AtomicInteger(); // running now

	ReportController(BoxOffice boxOffice, Ledger ledger) {
		this.boxOffice = boxOffice;
		this.ledger = ledger;
	}

	@GetMapping("/reports")
	Report report() throws InterruptedException {
		int atOnce = this.inside.incrementAndGet();
		try {
			this.ledger.read(); // plain blocking code
			return new Report(this.boxOffice.programme(), atOnce);
		}
		finally {
			this.inside.decrementAndGet();
		}
	}

	/**
	 * The state of the house.
	 *
	 * @param programme every show
	 * @param atOnce how many reports were being written when this one began, including it
	 */
	record Report(List<Show.Line> programme, int atOnce) {
	}

}
