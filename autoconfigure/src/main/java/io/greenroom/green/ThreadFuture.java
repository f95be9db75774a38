package io.greenroom.green;

import io.greenroom.green.internal.TurnFuture;
import org.jspecify.annotations.Nullable;

/** The outcome of a green thread as a future. Cancelling it kills the thread. */
final class ThreadFuture<T> extends TurnFuture<@Nullable T> {

	private final GreenThread<T> thread;

	private ThreadFuture(GreenThread<T> thread) {
		this.thread = thread;
	}

	static <T> ThreadFuture<T> of(GreenThread<T> thread) {
		ThreadFuture<T> future = new ThreadFuture<>(thread);
		thread.link(future::copy);
		return future;
	}

	private void copy(GreenThread<T> ended) {
		Throwable failure = ended.exception();
		if (failure != null) {
			completeExceptionally(failure);
		}
		else {
			complete(ended.value());
		}
	}

	@Override
	protected void checkMayWait() {
		this.thread.rejectSelf();
	}

	/** Does not complete the future, because the body may clean up first, or go on. */
	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		if (isDone()) {
			return isCancelled();
		}
		this.thread.kill();
		return true;
	}

}
