package io.greenroom.durable.internal;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;

import org.jspecify.annotations.Nullable;

/**
 * Attempts to deliver calls of a lane one after the other. If the body's own transaction
 * has removed a call, nothing is left to do for the lane's thread, and the next call is
 * made where the body has ended. This saves two switches between threads for each call.
 * <p>
 * Everything happens in order, and the lane's thread waits meanwhile, so that the
 * progress of the lane is confined to one thread at a time.
 */
final class Attempts {

	private final OutboxHandler handler;

	private final OutboxMeans means;

	/** Returns the arguments of a call that may follow at once. */
	private final BiFunction<LaneProgress, StoredCall, @Nullable Object @Nullable []> next;

	private final LaneProgress lane;

	private final List<StoredCall> calls;

	private final CompletableFuture<Last> last = new CompletableFuture<>();

	/** The call that the lane's thread makes. */
	private int first;

	Attempts(OutboxHandler handler, OutboxMeans means,
			BiFunction<LaneProgress, StoredCall, @Nullable Object @Nullable []> next, LaneProgress lane,
			List<StoredCall> calls) {
		this.handler = handler;
		this.means = means;
		this.next = next;
		this.lane = lane;
		this.calls = calls;
	}

	/**
	 * Begins with a call. Returns the last attempt, which the lane's thread must settle.
	 */
	Last from(int index, @Nullable Object[] arguments) {
		this.first = index;
		make(index, arguments);
		// Not interruptible, because the bodies are another thread's.
		return this.last.join();
	}

	private void make(int from, @Nullable Object[] arguments) {
		int index = from;
		@Nullable Object @Nullable [] given = arguments;
		while (given != null) {
			int at = index;
			DeliveryRun run = run(this.calls.get(at));
			long start = System.nanoTime();
			this.lane.bodyBegins(start);
			CompletableFuture<@Nullable Object> end = deliver(this.calls.get(at), given, run);
			if (!end.isDone()) {
				var _ = end.whenComplete((_, thrown) -> goOn(at, run, thrown, start));
				return;
			}
			given = ended(at, run, end.handle((_, thrown) -> thrown).join(), start);
			index++;
		}
	}

	private CompletableFuture<@Nullable Object> deliver(StoredCall call, @Nullable Object[] arguments,
			DeliveryRun run) {
		try {
			Method method = Objects.requireNonNull(this.handler.methods().find(call.method()));
			return this.handler.target().deliver(this.lane.lane().key(), method, arguments, run);
		}
		catch (Throwable notMade) {
			return CompletableFuture.failedFuture(notMade);
		}
	}

	private DeliveryRun run(StoredCall call) {
		return new DeliveryRun(this.lane.lane(), call, this.lane.attempts + 1, this.means.store(), this.means.rows(),
				() -> this.means.context().open(this.handler.name() + "." + call.method(), call.context()));
	}

	/** Called where a body has ended. */
	private void goOn(int index, DeliveryRun run, @Nullable Throwable thrown, long start) {
		@Nullable Object @Nullable [] given = ended(index, run, thrown, start);
		if (given != null) {
			make(index + 1, given);
		}
	}

	/** Returns the arguments of the next call, if it is to be made at once. */
	private @Nullable Object @Nullable [] ended(int index, DeliveryRun run, @Nullable Throwable thrown, long start) {
		this.lane.bodyEnds();
		Throwable failure = (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause()
				: thrown;
		Duration took = Duration.ofNanos(System.nanoTime() - start);
		if (failure != null && !run.isBegun() && index > this.first) {
			// The lane's thread may wait for what could not be had here, such as room.
			this.last.complete(new Last(index - 1, run, null, took, true));
			return null;
		}
		@Nullable Object @Nullable [] given = null;
		if (failure == null && run.end() == DeliveryRun.End.REMOVED && index + 1 < this.calls.size()) {
			given = following(this.calls.get(index + 1));
		}
		if (given == null) {
			this.last.complete(new Last(index, run, failure, took, false));
			return null;
		}
		this.handler.attempted(this.calls.get(index), "success", took);
		this.lane.at(this.calls.get(index + 1));
		return given;
	}

	private @Nullable Object @Nullable [] following(StoredCall call) {
		try {
			return this.next.apply(this.lane, call);
		}
		catch (Throwable failure) {
			// The lane's thread meets the same, and knows what to do about it.
			return null;
		}
	}

	/**
	 * The last of the attempts.
	 *
	 * @param index the place of the call among those that were given
	 * @param run what became of the call
	 * @param failure the exception of the body, or of a call that was not made
	 * @param took how long it took
	 * @param isSettled whether nothing is left to do for this call
	 */
	record Last(int index, DeliveryRun run, @Nullable Throwable failure, Duration took, boolean isSettled) {
	}

}
