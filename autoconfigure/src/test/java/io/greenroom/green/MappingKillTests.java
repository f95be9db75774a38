package io.greenroom.green;

import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** What comes in between the steps of a mapping. */
@Timeout(60)
@CloseSchedulers
class MappingKillTests {

	private final HookedEngine engine = new HookedEngine();

	private final GreenScheduler scheduler = this.engine.scheduler();

	private final GreenPool pool = this.scheduler.pool("pool", 4);

	private final CountDownLatch gate = new CountDownLatch(1);

	@AfterEach
	void open() {
		this.gate.countDown();
	}

	@Test
	@DisplayName("P19 a mapping that is closed while it starts a thread kills that one too")
	void aThreadThatStartsDuringTheKill() {
		GreenResults<String> results = this.pool.imap(1, List.of("first", "second"), (item) -> {
			this.gate.await();
			return item;
		});
		this.engine.beforeStart = () -> {
			this.engine.beforeStart = () -> {
			};
			results.close();
		};
		assertThat(catchThrowable(results::next)).isInstanceOf(NoSuchElementException.class);
		Until.until("no task to be left", () -> this.pool.active() == 0);
	}

	@Test
	@DisplayName("F17 a reader that is about to wait sees a result that comes just then")
	void anEndJustBeforeTheWait() throws Exception {
		GreenResults<String> results = this.pool.imap(1, List.of("first"), (item) -> {
			this.gate.await();
			return item;
		});
		AtomicBoolean once = new AtomicBoolean();
		this.engine.beforeWait = (what) -> {
			if (what.startsWith("wait for results") && once.compareAndSet(false, true)) {
				List<GreenThread<?>> tasks = this.pool.members();
				this.gate.countDown();
				tasks.forEach((task) -> Until.until("the task to end", () -> !isAlive(task)));
			}
		};
		GreenThread<String> reader = this.scheduler.spawn(results::next);
		assertThat(reader.get(Duration.ofSeconds(20))).isEqualTo("first");
		assertThat(once).isTrue();
	}

	private static boolean isAlive(GreenThread<?> task) {
		Thread carrier = task.carrier();
		return carrier != null && carrier.isAlive();
	}

}
