package io.greenroom.green;

import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * Something that becomes ready once, and that can be waited for beside others with
 * {@link GreenWait}. Green threads and events are; futures are with {@link #of}.
 */
public interface Awaitable {

	/**
	 * Calls back once when this is ready, however that came about: at once, on the
	 * caller's thread, if it is already. The callback is short and does not throw.
	 * @param callback what to call
	 * @return what takes the callback back
	 */
	GreenThread.Link onReady(Runnable callback);

	/**
	 * Returns a future, or any stage that has one, as something to wait for. It is ready
	 * when the stage has completed, normally or not. A wait that is given up leaves
	 * nothing behind in the future.
	 * @param stage the stage
	 * @return the view, which is equal to nothing but itself
	 * @param <S> the type of the stage
	 */
	static <S extends CompletionStage<?>> StageAwaitable<S> of(S stage) {
		return new StageAwaitable<>(Objects.requireNonNull(stage, "stage"));
	}

}
