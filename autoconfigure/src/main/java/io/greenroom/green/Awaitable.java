package io.greenroom.green;

import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * Something that becomes ready once, and that can be waited for together with others by
 * {@link GreenWait}. Green threads and events are awaitable; {@link #of} makes futures
 * awaitable.
 */
public interface Awaitable {

	/**
	 * Calls back once when this is ready, for whatever reason. If it is ready already,
	 * calls back at once on the caller's thread. The callback must be short and must not
	 * throw.
	 * @param callback the callback
	 * @return a link that removes the callback
	 */
	GreenThread.Link onReady(Runnable callback);

	/**
	 * Returns an awaitable view of a future, or of any stage that has one. It is ready
	 * when the stage has completed, normally or exceptionally. A wait that is given up
	 * leaves nothing behind in the future.
	 * @param stage the stage
	 * @return the view, which is equal only to itself
	 * @param <S> the type of the stage
	 */
	static <S extends CompletionStage<?>> StageAwaitable<S> of(S stage) {
		return new StageAwaitable<>(Objects.requireNonNull(stage, "stage"));
	}

}
