package io.greenroom.sample;

import java.io.IOException;
import java.time.Duration;

import io.greenroom.deferred.DeferredException;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Keeps open pages up to date, with a green thread for each page, in plain blocking code.
 */
@RestController
class LiveController {

	private static final long NO_TIMEOUT = 0;

	private final BoxOffice boxOffice;

	private final LiveFeed feed;

	private final GreenScheduler scheduler;

	/**
	 * A page that has gone is noticed at the next write, so write now and then; and what
	 * changes on another node rings no bell here.
	 */
	private final Duration lookAgain;

	LiveController(BoxOffice boxOffice, LiveFeed feed, GreenScheduler scheduler, BoxOfficeProperties properties) {
		this.boxOffice = boxOffice;
		this.feed = feed;
		this.scheduler = scheduler;
		this.lookAgain = properties.lookAgain();
	}

	@GetMapping("/shows/{show}/live")
	SseEmitter live(@PathVariable String show) {
		this.boxOffice.show(show); // fails for an unknown show before the stream begins
		SseEmitter page = new SseEmitter(NO_TIMEOUT);
		GreenThread<Void> teller = this.scheduler.spawn("live-" + show, () -> tell(page, show));
		page.onCompletion(teller::kill);
		return page;
	}

	private void tell(SseEmitter page, String show) throws InterruptedException {
		Doorbell bell = this.feed.open();
		try {
			do {
				page.send(this.boxOffice.picture(show));
			}
			while (bell.await(this.lookAgain));
			page.complete();
		}
		catch (IOException | IllegalStateException gone) {
			// The page has gone, and the server ends the response.
		}
		catch (DeferredException noPicture) {
			page.completeWithError(noPicture); // it would wait forever
		}
		finally {
			this.feed.leave(bell);
		}
	}

}
