package io.greenroom.green;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An awaitable view of a future.
 *
 * @param <S> the type of the stage
 */
public final class StageAwaitable<S extends CompletionStage<?>> implements Awaitable {

	private final S stage;

	StageAwaitable(S stage) {
		this.stage = stage;
	}

	/**
	 * Returns the underlying stage.
	 * @return the stage
	 */
	public S stage() {
		return this.stage;
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored") // the callback does not throw
	public GreenThread.Link onReady(Runnable callback) {
		Objects.requireNonNull(callback, "callback");
		CompletableFuture<?> future = this.stage.toCompletableFuture();
		CompletableFuture<Boolean> stop = new CompletableFuture<>();
		// A plain dependent stays in the future until the future completes. The JDK's
		// anyOf removes itself from the others when one of them completes first.
		CompletableFuture<?> either = CompletableFuture.anyOf(future, stop);
		either.whenComplete((value, failure) -> {
			if (!stop.isDone()) {
				callback.run();
			}
		});
		return () -> stop.complete(true);
	}

	@Override
	public String toString() {
		// Not the stage's own text, which may be foreign code.
		return "StageAwaitable[" + this.stage.getClass().getName() + "]";
	}

}
