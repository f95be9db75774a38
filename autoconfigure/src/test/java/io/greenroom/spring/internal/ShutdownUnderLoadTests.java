package io.greenroom.spring.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.Oneway;
import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/** A context that closes while many call. */
@Timeout(120)
class ShutdownUnderLoadTests {

	/** How long a body takes, in nanoseconds. */
	private static final long NOTE = 20_000;

	private static final Pattern LINE = Pattern.compile(
			"Of (\\d+) accepted calls (\\d+) ran, (\\d+) were withdrawn, (\\d+) were left after \\S+, their callers told: \\{(.*?)\\}");

	@Test
	@DisplayName("D31 a context that closes under load with enough time runs all that was accepted, and says so in numbers that add up")
	void acceptedRuns() {
		Load load = new Load(NOTE);
		Told told = close(load, "60s");
		assertThat(told.left).isZero();
		assertThat(load.completed()).isEqualTo(load.accepted.get());
		assertThat(load.failed.get()).isZero();
		assertThat(load.answered.get()).isEqualTo(load.asked.get()).isPositive();
	}

	@Test
	@DisplayName("D31 with too little time, accepted = run + told, by the callers' own count and by the log line's")
	void acceptedIsRunOrTold() {
		// What waits takes seconds.
		Load load = new Load(5_000_000);
		Told told = close(load, "1ms");
		// A body that was under way when its caller was told may have come to its end all
		// the same.
		int lost = load.accepted.get() - load.completed();
		assertThat(told.left).isPositive();
		assertThat(lost).isBetween(told.left - told.running, told.left);
		assertThat(load.answered.get() + load.failed.get()).isEqualTo(load.asked.get()).isPositive();
		assertThat(load.failed.get()).isPositive();
	}

	/** Closes a context under load; returns what its log line says. */
	private static Told close(Load load, String time) {
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		Logger source = (Logger) LoggerFactory.getLogger(GreenScheduler.class);
		log.start();
		source.addAppender(log);
		try {
			new ApplicationContextRunner()
				.withConfiguration(
						AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class))
				.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=" + time,
						"greenroom.deferred.capacity=500")
				.withBean(Load.class, () -> load)
				.withUserConfiguration(Back.class, Front.class)
				.run((context) -> load.run(context.getSourceApplicationContext(), handle(context, Front.class)));
		}
		finally {
			source.detachAppender(log);
		}
		List<String> lines = log.list.stream()
			.map(ILoggingEvent::getFormattedMessage)
			.filter((line) -> line.contains("shut down"))
			.toList();
		assertThat(lines).hasSize(1);
		return Told.of(lines.getFirst());
	}

	@SuppressWarnings("unchecked")
	private static <T> Deferred<T> handle(org.springframework.beans.factory.ListableBeanFactory beans, Class<T> type) {
		return (Deferred<T>) beans.getBean(beans.getBeanNamesForType(type)[0] + ".deferred");
	}

	/** What the log line says. */
	private record Told(int left, int running) {

		static Told of(String line) {
			Matcher found = LINE.matcher(line);
			assertThat(found.find()).as(line).isTrue();
			int left = number(found, 4);
			assertThat(number(found, 2) + number(found, 3) + left).isEqualTo(number(found, 1));
			assertThat(number(found, 1)).isPositive();
			int named = 0;
			int running = 0;
			for (String name : found.group(5).isEmpty() ? new String[0] : found.group(5).split(", ")) {
				int count = Integer.parseInt(name.substring(name.indexOf('=') + 1));
				named += count;
				running += name.contains("(running)") ? count : 0;
			}
			assertThat(named).isEqualTo(left);
			return new Told(left, running);
		}

		private static int number(Matcher found, int group) {
			return Integer.parseInt(found.group(group));
		}

	}

	/** Callers who never stop, and what they know of their calls. */
	static class Load {

		/** Calls that came back without a rejection, from outside and from bodies. */
		private final AtomicInteger accepted = new AtomicInteger();

		/** Calls among these that have a future, and how those ended. */
		private final AtomicInteger asked = new AtomicInteger();

		private final AtomicInteger answered = new AtomicInteger();

		private final AtomicInteger failed = new AtomicInteger();

		private final AtomicInteger frontCompleted = new AtomicInteger();

		private final AtomicInteger backCompleted = new AtomicInteger();

		private final CountDownLatch warm = new CountDownLatch(2_000);

		private final long atTheEnd;

		/** How long a body takes, in nanoseconds. */
		private volatile long note = NOTE;

		Load(long atTheEnd) {
			this.atTheEnd = atTheEnd;
		}

		private boolean isSlow() {
			return this.note != NOTE;
		}

		int completed() {
			return this.frontCompleted.get() + this.backCompleted.get();
		}

		void run(ConfigurableApplicationContext context, Deferred<Front> front) throws Exception {
			Queue<CompletableFuture<Integer>> futures = new ConcurrentLinkedQueue<>();
			List<Thread> callers = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				boolean oneway = i % 2 == 0;
				callers.add(Thread.startVirtualThread(() -> callForever(front, oneway, futures)));
			}
			assertThat(this.warm.await(60, TimeUnit.SECONDS)).isTrue();
			this.note = this.atTheEnd;
			Until.until("a queue", () -> front.calls().pending() >= 100
					&& (!isSlow() || this.asked.get() - this.answered.get() >= 100));
			context.close();
			for (Thread caller : callers) {
				assertThat(caller.join(java.time.Duration.ofSeconds(30))).isTrue();
			}
			futures.forEach((future) -> assertThat(future).isDone());
		}

		private void callForever(Deferred<Front> front, boolean oneway, Queue<CompletableFuture<Integer>> futures) {
			try {
				while (true) {
					if (oneway && isSlow()) {
						// What is left then are calls whose callers can be told.
						return;
					}
					if (oneway) {
						front.oneway().work();
					}
					else {
						CompletableFuture<Integer> future = front.async(Front::work);
						this.asked.incrementAndGet();
						futures.add(future.whenComplete(this::note));
					}
					this.accepted.incrementAndGet();
				}
			}
			catch (HandlerStoppedException rejected) {
				// The end of the load.
			}
		}

		private void note(@Nullable Integer value, @Nullable Throwable failure) {
			((failure != null) ? this.failed : this.answered).incrementAndGet();
		}

	}

	/** Each body is short, and asks the other handler for something. */
	@DeferredHandler
	static class Front {

		private final Load load;

		private final Back back;

		Front(Load load, Back back) {
			this.load = load;
			this.back = back;
		}

		int work() {
			if (this.load.isSlow()) {
				// Its calls can't all be through between the end of the other handler and
				// its own.
				LockSupport.parkNanos(this.load.note);
			}
			try {
				this.back.note();
				this.load.accepted.incrementAndGet();
			}
			catch (HandlerStoppedException rejected) {
				// Too late for that.
			}
			this.load.warm.countDown();
			return this.load.frontCompleted.incrementAndGet();
		}

	}

	@DeferredHandler
	static class Back {

		private final Load load;

		Back(Load load) {
			this.load = load;
		}

		@Oneway
		void note() {
			LockSupport.parkNanos(this.load.note);
			this.load.backCompleted.incrementAndGet();
		}

	}

}
