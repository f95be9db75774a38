package io.greenroom.green;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

import io.greenroom.green.internal.Engine;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread's wait for one stage. Written by the thread that completes the stage, read
 * by the waiting thread once {@code done} is seen.
 */
final class Awaited<T> implements BiConsumer<T, @Nullable Throwable> {

	private static final Logger log = LoggerFactory.getLogger(GreenScheduler.class);

	private final Thread waiting = Thread.currentThread();

	private @Nullable T value;

	private @Nullable Throwable failure;

	/** Volatile, to publish the two fields above. */
	private volatile boolean done;

	private Awaited() {
	}

	static <T> @Nullable T await(Engine engine, CompletionStage<T> stage) throws InterruptedException {
		StackRoom.check();
		if (Thread.interrupted()) {
			cancel(stage);
			throw new InterruptedException();
		}
		Awaited<T> awaited = new Awaited<>();
		// A completed stage answers within this call, on this stack.
		var _ = stage.whenComplete(awaited);
		if (!awaited.done) {
			// By its class, because its {@code toString} is foreign code.
			engine.checkMayWait("await the stage", stage.getClass().getName());
			awaited.park(stage);
		}
		return awaited.outcome();
	}

	@Override
	public void accept(T result, @Nullable Throwable thrown) {
		this.value = result;
		this.failure = thrown;
		this.done = true;
		if (Thread.currentThread() != this.waiting) {
			Parking.unpark(this.waiting);
		}
	}

	private void park(CompletionStage<T> stage) throws InterruptedException {
		while (!this.done) {
			Parking.park(stage);
			if (Thread.interrupted()) {
				cancel(stage);
				throw new InterruptedException();
			}
		}
	}

	/**
	 * Cancels the stage. Nobody waits for it, and its outcome is ignored.
	 */
	private static void cancel(CompletionStage<?> stage) {
		ForeignCode.run(log, "The cancelling of an awaited stage", () -> {
			CompletableFuture<?> future;
			try {
				future = stage.toCompletableFuture();
			}
			catch (UnsupportedOperationException notCancellable) {
				return;
			}
			future.cancel(true);
		});
	}

	private @Nullable T outcome() {
		Throwable thrown = this.failure;
		if (thrown != null) {
			// A dependent stage wraps the failure that it passes on.
			Throwable cause = (thrown instanceof CompletionException) ? Failures.cause(thrown) : null;
			throw Failures.rethrow(AwaitedFrom.here((cause != null) ? cause : thrown));
		}
		return this.value;
	}

}
