package io.greenroom.green;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A future as something to wait for beside others.
 *
 * @param <S> the type of the stage
 */
public final class StageAwaitable<S extends CompletionStage<?>> implements Awaitable {

	private final S stage;

	StageAwaitable(S stage) {
		this.stage = stage;
	}

	/**
	 * Returns what this is a view of.
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
		// A plain dependent stays in the future until that completes. The JDK's anyOf
		// takes itself out of the others when one of them is first.
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
		// Not the stage's own text, which may be anybody's code.
		return "StageAwaitable[" + this.stage.getClass().getName() + "]";
	}

}
