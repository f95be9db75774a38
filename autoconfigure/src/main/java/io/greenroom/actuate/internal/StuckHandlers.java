package io.greenroom.actuate.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerSnapshot;
import io.greenroom.observe.internal.Frames;
import org.jspecify.annotations.Nullable;

/**
 * Finds the bodies that have run for too long, and the loops that have let no call in for
 * too long. Handlers without a busy limit are ignored, and so are bodies whose own
 * running time is unknown. Neither the time in the queue nor the running time of bodies
 * that a body has let in is taken as evidence. Confined to the thread that calls it.
 */
final class StuckHandlers {

	private final HealthTerms terms;

	private final List<Stuck> found = new ArrayList<>();

	StuckHandlers(HealthTerms terms) {
		this.terms = terms;
	}

	void look(Handler handler) {
		if (!handler.isWatched()) {
			return;
		}
		HandlerSnapshot seen = handler.snapshot();
		for (HandlerSnapshot.Body body : seen.running()) {
			Duration running = body.running();
			if (running != null && this.terms.isStuck(running)) {
				this.found.add(new Stuck(handler, body.thread(), running, body.method() + " has run for "));
			}
		}
		if (seen.loop() != null && seen.running().isEmpty() && this.terms.isStuck(seen.oldestAge())) {
			this.found
				.add(new Stuck(handler, null, seen.oldestAge(), "loop " + seen.loop() + " has let no call in for "));
		}
	}

	int count() {
		return this.found.size();
	}

	/**
	 * Describes those that have been stuck for the longest time. Stacks are taken only
	 * for these.
	 */
	List<String> worst(int most) {
		return this.found.stream()
			.sorted(Comparator.comparing(Stuck::since).reversed())
			.limit(most)
			.map(Stuck::inWords)
			.toList();
	}

	/** A stuck body or loop. */
	private record Stuck(Handler handler, @Nullable String thread, Duration since, String what) {

		String inWords() {
			String at = Frames.own(this.handler.stack(this.thread));
			return this.handler.name() + ": " + this.what + Problems.round(this.since)
					+ ((at != null) ? ", at " + at : "");
		}

	}

}
