package io.greenroom.green;

import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** What the JDK promises for blocking channels on green threads, held on to. */
@Timeout(60)
@CloseSchedulers
class BlockingChannelTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	@Test
	@DisplayName("G31 green threads in channel reads, two for each carrier: another one goes on at once")
	void channelReadsHoldNobodyUp() throws Exception {
		List<Pipe> pipes = new CopyOnWriteArrayList<>();
		blockTwice(() -> {
			Pipe pipe = Pipe.open();
			pipes.add(pipe);
			try (Pipe.SourceChannel source = pipe.source(); Pipe.SinkChannel _ = pipe.sink()) {
				source.read(ByteBuffer.allocate(1));
			}
		}, pipes, (pipe) -> pipe.sink().write(ByteBuffer.wrap(new byte[] { 1 })));
	}

	@Test
	@DisplayName("G31 green threads in Selector.select, two for each carrier: another one goes on at once")
	void selectsHoldNobodyUp() throws Exception {
		List<Selector> selectors = new CopyOnWriteArrayList<>();
		blockTwice(() -> {
			try (Selector selector = Selector.open()) {
				selectors.add(selector);
				selector.select();
			}
		}, selectors, Selector::wakeup);
	}

	/** On every carrier twice, so that none is left by chance; they end when told. */
	private <T> void blockTwice(GreenTask blocking, List<T> begun, ThrowingConsumer<T> end) throws Exception {
		List<GreenThread<Void>> blocked = new ArrayList<>();
		for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
			blocked.add(this.scheduler.spawn(blocking));
		}
		// Each begins though those before it block, and so does another one.
		Until.until("all to have begun", () -> begun.size() == blocked.size());
		assertThat(this.scheduler.spawn(() -> "at once").get(LONG)).isEqualTo("at once");
		assertThat(blocked).noneMatch(GreenThread::isDone);
		begun.forEach(end);
		for (GreenThread<Void> thread : blocked) {
			thread.get(LONG);
		}
	}

}
