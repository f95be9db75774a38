package io.greenroom.sample;

import java.util.List;

import io.greenroom.web.RunInPool;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Slow reports in their own pool, so they cannot slow down the sale. */
@RestController
class ReportController {

	private final BoxOffice boxOffice;

	private final Ledger ledger;

	ReportController(BoxOffice boxOffice, Ledger ledger) {
		this.boxOffice = boxOffice;
		this.ledger = ledger;
	}

	@RunInPool("reports") // two run, two wait, the next gets 503
	@GetMapping("/reports")
	Report report() throws InterruptedException {
		int atOnce = this.ledger.read(); // plain blocking code
		return new Report(this.boxOffice.programme(), atOnce);
	}

	/** The same without a bound. Everybody comes in, and nobody is served soon. */
	@GetMapping("/reports/unbounded")
	Report unboundedReport() throws InterruptedException {
		return report();
	}

	/**
	 * The state of the house.
	 *
	 * @param programme every show
	 * @param atOnce how many wanted to read the ledger when this report began, including
	 * it
	 */
	record Report(List<Show.Line> programme, int atOnce) {
	}

}
