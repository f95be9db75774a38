package io.greenroom.green;

import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** What the JDK promises for blocking channels on green threads, held on to. */
@Timeout(60)
class BlockingChannelTests {

	private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	@AfterEach
	void close() {
		this.scheduler.close();
	}

	@Test
	@DisplayName("G31 two green threads in a channel read of 2 s: a third goes on at once, all end within 3 s")
	void channelReadsHoldNobodyUp() throws Exception {
		blockTwice(() -> {
			Pipe pipe = Pipe.open();
			this.scheduler.spawnLater(TWO_SECONDS, () -> pipe.sink().write(ByteBuffer.wrap(new byte[] { 1 })));
			try (Pipe.SourceChannel source = pipe.source(); Pipe.SinkChannel _ = pipe.sink()) {
				source.read(ByteBuffer.allocate(1));
			}
		});
	}

	@Test
	@DisplayName("G31 two green threads in Selector.select of 2 s: a third goes on at once, all end within 3 s")
	void selectsHoldNobodyUp() throws Exception {
		blockTwice(() -> {
			try (Selector selector = Selector.open()) {
				selector.select(TWO_SECONDS.toMillis());
			}
		});
	}

	/** On every carrier twice, so that none is left by chance. */
	private void blockTwice(GreenTask blocking) throws Exception {
		long start = System.nanoTime();
		List<GreenThread<Void>> blocked = new ArrayList<>();
		for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
			blocked.add(this.scheduler.spawn(blocking));
		}
		this.scheduler.spawn(() -> {
		}).get(Duration.ofSeconds(1));
		assertThat(blocked).noneMatch(GreenThread::ready);
		for (GreenThread<Void> thread : blocked) {
			thread.get(Duration.ofSeconds(10));
		}
		assertThat(System.nanoTime() - start).isBetween(TWO_SECONDS.toNanos(), Duration.ofSeconds(3).toNanos());
	}

}
