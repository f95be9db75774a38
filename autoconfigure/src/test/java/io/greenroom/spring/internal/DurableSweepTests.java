package io.greenroom.spring.internal;

import java.time.Duration;
import java.util.Set;

import io.greenroom.durable.internal.DurableNode;
import io.greenroom.durable.internal.RowId;
import io.greenroom.durable.internal.RowStore;
import io.greenroom.green.GreenScheduler;
import io.greenroom.keyed.internal.KeyType;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.keyed.internal.KeyedOptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mockito.Mockito;

/** What the sweep makes, over rows of which none is due. */
@Timeout(60)
class DurableSweepTests {

	private static final RowId ANN = new RowId("parcel", "ann");

	private final RowStore rows = Mockito.mock(RowStore.class, Mockito.withSettings().stubOnly());

	@Test
	@DisplayName("R07 an instance that is lost again while it is made anew is looked after again")
	void lostAgain() {
		KeyType keys = Mockito.spy(new KeyType(String.class));
		DurableNode node = new DurableNode(this.rows, Duration.ofSeconds(10));
		try (GreenScheduler scheduler = GreenScheduler.builder().build();
				DurableSweep sweep = new DurableSweep(this.rows, node, Duration.ofMillis(5))) {
			KeyedHandler<String, Parcel> parcels = KeyedHandler.of(scheduler, Parcel.class, String.class,
					KeyedOptions.defaults(), (key) -> {
						sweep.lost(ANN);
						return new Parcel();
					});
			sweep.watch("parcel", Set.of("posted"), keys, parcels);
			sweep.lost(ANN);
			sweep.start();
			Mockito.verify(keys, Mockito.timeout(30_000).times(2)).parse("ann");
		}
	}

	static class Parcel {

		void posted() {
		}

	}

}
