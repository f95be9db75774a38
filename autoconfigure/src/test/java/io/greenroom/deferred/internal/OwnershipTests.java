package io.greenroom.deferred.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.deferred.HandlerOptions;
import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Who has a handler that its target may take for itself. */
@Timeout(60)
@CloseSchedulers
class OwnershipTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	private final Handler handler = new Handler(this.scheduler, HandlerType.of(Letters.class), new Letters(),
			HandlerOptions.defaults());

	private final Ownership ownership = new Ownership(this.handler.core(), null);

	private final AtomicReference<Thread> waiting = new AtomicReference<>();

	/** Waits on a thread of its own to process, and gives the handler back then. */
	private CompletableFuture<Boolean> processor(AtomicBoolean may, AtomicBoolean givenUp) {
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		Thread thread = Thread.ofPlatform().daemon().start(() -> {
			try {
				boolean took = this.ownership.takeWhen(may::get, givenUp::get);
				if (took) {
					this.ownership.release();
				}
				interrupted.complete(Thread.currentThread().isInterrupted());
			}
			catch (Throwable failure) {
				interrupted.completeExceptionally(failure);
			}
		});
		this.waiting.set(Until.waiting(thread));
		return interrupted;
	}

	@Test
	@DisplayName("S22 who gives the handler back wakes who waits for it, be it a processor or the target")
	void givingBackWakes() throws Exception {
		assertThat(this.ownership.take(false)).isTrue();
		CompletableFuture<Boolean> processor = processor(new AtomicBoolean(true), new AtomicBoolean());
		this.ownership.release();
		assertThat(processor.get(20, TimeUnit.SECONDS)).isFalse();
		this.ownership.occupy();
		assertThat(this.ownership.isOccupied()).isTrue();
		processor = processor(new AtomicBoolean(true), new AtomicBoolean());
		this.ownership.vacate();
		assertThat(processor.get(20, TimeUnit.SECONDS)).isFalse();
		assertThat(this.ownership.isFree()).isTrue();
	}

	@Test
	@DisplayName("S22 an interrupt does not cut a processor's wait for the handler short, and stays set")
	void anInterruptStays() throws Exception {
		AtomicBoolean may = new AtomicBoolean();
		CompletableFuture<Boolean> processor = processor(may, new AtomicBoolean());
		this.waiting.get().interrupt();
		Until.until("the interrupt to be seen", () -> !this.waiting.get().isInterrupted());
		assertThat(processor).isNotDone();
		may.set(true);
		this.ownership.wakeWaiting();
		assertThat(processor.get(20, TimeUnit.SECONDS)).as("the interrupt flag").isTrue();
	}

	@Test
	@DisplayName("S22 a target that is replaced while it waits for its handler does not get it")
	void notForAFormerTarget() throws Exception {
		assertThat(this.ownership.occupy(Long.MAX_VALUE, () -> false)).isFalse();
		assertThat(this.ownership.isFree()).isTrue();
		assertThat(this.ownership.isOccupied()).isFalse();
	}

	/** Is written by one at a time. */
	static class Letters {

		void write() {
		}

	}

}
