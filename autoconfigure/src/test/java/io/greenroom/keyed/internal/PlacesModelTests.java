package io.greenroom.keyed.internal;

import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.greenroom.testkit.Models.check;
import static io.greenroom.testkit.Models.explore;
import static io.greenroom.testkit.Models.start;

/** The race for the places of instances under a model checker. */
@Timeout(600)
@Tag("model")
class PlacesModelTests {

	@Test
	@DisplayName("K05 there are never more instances than places, and whoever waits for one gets it (model)")
	void placesAreBounded() {
		explore(() -> {
			Places places = new Places(1);
			AtomicInteger inside = new AtomicInteger();
			Thread other = start(() -> visit(places, inside));
			visit(places, inside);
			other.join();
			check(places.tryTake() && !places.tryTake(), "there is not one place");
		});
	}

	private static void visit(Places places, AtomicInteger inside) throws InterruptedException {
		check(places.tryTake() || places.acquire(() -> Long.MAX_VALUE, () -> {
		}), "no place");
		check(inside.incrementAndGet() == 1, "two in one place");
		inside.decrementAndGet();
		places.giveBack();
	}

}
