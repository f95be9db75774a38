package io.greenroom.console.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.testkit.Until;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

@Timeout(60)
class ViewersTests {

	private static final Duration LONG = Duration.ofMinutes(1);

	private final AtomicInteger made = new AtomicInteger();

	private Viewers viewers = viewers(Duration.ofMillis(5), 3, LONG, LONG);

	@AfterEach
	void close() {
		this.viewers.close();
	}

	private Viewers viewers(Duration interval, int most, Duration slow, Duration longest) {
		return new Viewers(this::frame, new Viewers.Terms(interval, most, slow, longest));
	}

	private byte[] frame() {
		return Integer.toString(this.made.incrementAndGet()).getBytes(StandardCharsets.US_ASCII);
	}

	@Test
	@DisplayName("M13 a frame is made once for all viewers, and none while nobody watches")
	void oneFrameForAll() throws Exception {
		assertThat(this.viewers.isAtWork()).isFalse();
		List<Watching> all = List.of(new Watching(), new Watching(), new Watching());
		for (Watching each : all) {
			this.viewers.add(each, each::end);
		}
		Until.until("ten frames for each", () -> all.stream().allMatch((each) -> each.frames.size() >= 10));
		all.forEach((each) -> assertThat(each.frames).doesNotHaveDuplicates());
		byte[] shared = all.getFirst().frames.getLast();
		Until.until("the same frame for all",
				() -> all.stream()
					.allMatch((each) -> each.frames.stream().anyMatch((frame) -> frame == shared)
							|| each.last() > number(shared)));
		assertThat(all.getFirst().last()).isLessThanOrEqualTo(this.made.get());
		all.forEach((each) -> each.leaves = true);
		Until.until("nobody to watch", () -> !this.viewers.isAtWork() && this.viewers.count() == 0);
		int before = this.made.get();
		assertThat(all).allSatisfy((each) -> assertThat(each.ends).hasValue(1));
		Watching next = new Watching();
		this.viewers.add(next, next::end);
		assertThat(number(next.next())).as("the next viewer sees nothing from before").isEqualTo(before + 1);
	}

	@Test
	@DisplayName("M13 a viewer that does not read is dropped and holds nobody up; its place is free again")
	void slowViewersAreDropped() throws Exception {
		this.viewers = viewers(Duration.ofMillis(5), 2, Duration.ofMillis(50), LONG);
		Stalled stalled = new Stalled();
		Watching other = new Watching();
		this.viewers.add(stalled, stalled.ended::countDown);
		this.viewers.add(other, other::end);
		assertThat(stalled.began.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(stalled.ended.await(20, TimeUnit.SECONDS)).isTrue();
		Until.until("one to be left", () -> this.viewers.count() == 1);
		int seen = other.frames.size();
		Until.until("the other to go on", () -> other.frames.size() > seen + 3);
		assertThatNoException().isThrownBy(() -> this.viewers.add(new Watching(), () -> {
		}));
	}

	@Test
	@DisplayName("M13 there is room for so many viewers, and the next is told so")
	void bounded() throws Exception {
		for (int i = 0; i < 3; i++) {
			this.viewers.add(new Watching(), () -> {
			});
		}
		assertThatExceptionOfType(TooManyViewersException.class)
			.isThrownBy(() -> this.viewers.add(new Watching(), () -> {
			}))
			.withMessageContaining("3 pages are open");
	}

	@Test
	@DisplayName("M13 when it closes all viewers leave at once, and nobody comes any more")
	void closes() throws Exception {
		Watching one = new Watching();
		Stalled stalled = new Stalled();
		this.viewers.add(one, one::end);
		this.viewers.add(stalled, stalled.ended::countDown);
		one.next();
		assertThat(stalled.began.await(20, TimeUnit.SECONDS)).isTrue();
		this.viewers.close();
		assertThat(stalled.ended.await(20, TimeUnit.SECONDS)).isTrue();
		Until.until("the end", () -> one.ends.get() == 1 && !this.viewers.isAtWork());
		assertThatExceptionOfType(TooManyViewersException.class)
			.isThrownBy(() -> this.viewers.add(new Watching(), () -> {
			}))
			.withMessageContaining("shutting down");
	}

	@Test
	@DisplayName("M13 a frame that can't be made ends nothing")
	void failingFrame() throws Exception {
		this.viewers = new Viewers(() -> {
			if (this.made.incrementAndGet() <= 3) {
				throw new AssertionError("no frame");
			}
			return frame();
		}, new Viewers.Terms(Duration.ofMillis(5), 3, LONG, LONG));
		Watching one = new Watching();
		this.viewers.add(one, one::end);
		assertThat(number(one.next())).isGreaterThan(3);
		assertThat(one.ends).hasValue(0);
	}

	@Test
	@DisplayName("M13 nobody watches for longer than a session may have ended")
	void mustComeAgain() throws Exception {
		this.viewers = viewers(Duration.ofMillis(5), 3, LONG, Duration.ofMillis(100));
		Watching one = new Watching();
		this.viewers.add(one, one::end);
		Until.until("the end", () -> one.ends.get() == 1);
		assertThat(one.frames).isNotEmpty();
	}

	@Test
	@DisplayName("M13 frames take no more than 1 % of a processor: after a dear one comes a long pause")
	void pauses() {
		Duration interval = Duration.ofSeconds(2);
		FrameCost cost = new FrameCost();
		for (int i = 0; i < 4; i++) {
			assertThat(cost.pause(Duration.ofMillis(100), interval)).as("code that was just loaded")
				.isEqualTo(interval);
		}
		assertThat(cost.pause(Duration.ofMillis(100), interval)).isEqualTo(Duration.ofMillis(9900));
		assertThat(cost.pause(Duration.ofMillis(10), interval)).isEqualTo(interval);
		for (int i = 0; i < 5; i++) {
			cost.pause(Duration.ofMinutes(1), interval);
		}
		assertThat(cost.pause(Duration.ofMinutes(1), interval)).isEqualTo(Duration.ofSeconds(30));
	}

	private static int number(byte[] frame) {
		return Integer.parseInt(new String(frame, StandardCharsets.US_ASCII));
	}

	private static final class Watching implements FrameSink {

		private final List<byte[]> frames = new CopyOnWriteArrayList<>();

		private final BlockingQueue<byte[]> news = new LinkedBlockingQueue<>();

		private final AtomicInteger ends = new AtomicInteger();

		private volatile boolean leaves;

		@Override
		public void write(byte[] frame) throws IOException {
			if (this.leaves) {
				throw new IOException("gone");
			}
			this.frames.add(frame);
			this.news.add(frame);
		}

		int last() {
			return number(this.frames.getLast());
		}

		byte[] next() throws InterruptedException {
			byte[] frame = this.news.poll(20, TimeUnit.SECONDS);
			assertThat(frame).isNotNull();
			return frame;
		}

		void end() {
			this.ends.incrementAndGet();
		}

	}

	/** Does not read until it is interrupted. */
	private static final class Stalled implements FrameSink {

		private final CountDownLatch began = new CountDownLatch(1);

		private final CountDownLatch ended = new CountDownLatch(1);

		@Override
		public void write(byte[] frame) throws IOException {
			this.began.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				throw new IOException(ex);
			}
		}

	}

}
