package io.greenroom.green;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

import io.greenroom.green.internal.Countdown;
import io.greenroom.green.internal.Limits;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.StackRoom;

/**
 * Green threads that do not outlive a block. Its last statement is {@link #join()}: <pre>
 * try (GreenScope scope = scheduler.scope()) {
 *     GreenThread&lt;Price&gt; price = scope.spawn(() -&gt; fetchPrice());
 *     GreenThread&lt;Stock&gt; stock = scope.spawn(() -&gt; fetchStock());
 *     scope.join();
 *     return new Offer(price.value(), stock.value());
 * }
 * </pre>
 * <p>
 * If the block is left by an exception, {@link #close()} kills the threads that still
 * run, waits for them to end, and adds what they threw to that exception as suppressed.
 * Leaving the block without a {@code join()} is an error too.
 * <p>
 * Thread-safe; children may use it too. Must be closed by the block that created it.
 * Modelled on the JDK's structured task scopes, which are still in preview.
 */
public final class GreenScope implements AutoCloseable {

	private final GreenScheduler scheduler;

	private final ChildThreads members;

	/** Set by {@code close} and never reset; volatile, because any thread may spawn. */
	private volatile boolean closed;

	private volatile boolean killed;

	GreenScope(GreenScheduler scheduler) {
		this.scheduler = scheduler;
		this.members = new ChildThreads(true, scheduler.isInOrder());
	}

	/**
	 * Starts a child.
	 * @param body what it runs
	 * @return the started thread
	 * @param <T> the type of the result
	 * @throws IllegalStateException if the scope is closed
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public <T> GreenThread<T> spawn(Callable<? extends T> body) {
		return start(this.scheduler.<T>unstarted(body));
	}

	/**
	 * Starts a child that returns nothing.
	 * @param body what it runs
	 * @return the started thread
	 * @throws IllegalStateException if the scope is closed
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public GreenThread<Void> spawn(GreenTask body) {
		return spawn(GreenScheduler.callable(body));
	}

	/**
	 * Starts a child with a name.
	 * @param name the thread's name
	 * @param body what it runs
	 * @return the started thread
	 * @param <T> the type of the result
	 * @throws IllegalStateException if the scope is closed
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public <T> GreenThread<T> spawn(String name, Callable<? extends T> body) {
		return start(this.scheduler.<T>unstarted(name, body));
	}

	/**
	 * Starts a child with a name that returns nothing.
	 * @param name the thread's name
	 * @param body what it runs
	 * @return the started thread
	 * @throws IllegalStateException if the scope is closed
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public GreenThread<Void> spawn(String name, GreenTask body) {
		return spawn(name, GreenScheduler.callable(body));
	}

	private <T> GreenThread<T> start(GreenThread<T> thread) {
		this.members.addWatched(thread, true);
		// Checked afterwards: either a close that has begun sees the thread, or this sees
		// the close.
		if (this.closed) {
			this.members.discard(thread);
			throw new IllegalStateException("Green thread '" + thread.name()
					+ "' was not started: its scope is closed; spawn inside the block");
		}
		return this.members.start(thread);
	}

	/**
	 * Waits until all children have ended, including those added meanwhile. If one fails,
	 * the others are killed and have ended before its failure is thrown; what they threw
	 * by themselves is added as suppressed. {@link GreenThread#get()} shows how to catch
	 * a checked exception.
	 * @throws InterruptedException if the caller is interrupted while it waits; the
	 * children go on until the scope is closed
	 * @throws IllegalStateException if the caller is a child
	 */
	public void join() throws InterruptedException {
		joinWithin(Long.MAX_VALUE);
	}

	/**
	 * Waits until all children have ended, up to the limit.
	 * @param limit the maximum time to wait; zero checks once without waiting
	 * @return whether all have ended; the others go on until the scope is closed
	 * @throws InterruptedException if the caller is interrupted while it waits; the
	 * children go on until the scope is closed
	 * @throws IllegalArgumentException if the limit is negative
	 * @throws IllegalStateException if the caller is a child
	 * @see #join()
	 */
	public boolean join(Duration limit) throws InterruptedException {
		return joinWithin(Limits.nanos(limit, "limit"));
	}

	private boolean joinWithin(long nanos) throws InterruptedException {
		StackRoom.check();
		Countdown time = new Countdown(nanos);
		raise();
		for (List<GreenThread<?>> now = this.members.snapshot(); !now.isEmpty(); now = this.members.snapshot()) {
			Joining.rejectSelf(now);
			try (GreenWait<GreenThread<?>> wait = GreenWait.on(now)) {
				while (wait.remaining() > 0) {
					GreenThread<?> ended = wait.next(time.left());
					if (ended == null) {
						return false;
					}
					this.members.forget(ended);
					raise();
				}
			}
		}
		return true;
	}

	private void raise() {
		if (this.members.hasFailed()) {
			this.members.killUninterruptibly();
			throwFailure();
		}
	}

	private void throwFailure() {
		Throwable failure = this.members.takeFailure();
		if (failure != null) {
			throw Failures.rethrow(failure);
		}
	}

	/**
	 * Kills all children and does not wait for them. Call this to leave the block early
	 * on purpose: {@link #close()} does not complain about children that were killed
	 * here.
	 */
	public void kill() {
		this.killed = true;
		this.members.kill();
	}

	/**
	 * Kills all children and waits up to the limit for them to end.
	 * @param limit the maximum time to wait; zero does not wait
	 * @return whether all have ended
	 * @throws InterruptedException if the caller is interrupted while it waits; all are
	 * killed nevertheless
	 * @throws IllegalArgumentException if the limit is negative; nothing is killed in
	 * this case
	 * @throws IllegalStateException if the caller is a child; nothing is killed in this
	 * case
	 * @see #kill()
	 */
	public boolean kill(Duration limit) throws InterruptedException {
		Countdown time = new Countdown(Limits.nanos(limit, "limit"));
		boolean ended = this.members.kill(time).isEmpty();
		this.killed = true;
		return ended;
	}

	/**
	 * Kills the children that still run, and waits until they have ended, however long
	 * they clean up. An interrupt does not cut the wait short and stays set. Idempotent.
	 * <p>
	 * Throws the failure of children that no join has thrown yet.
	 * @throws IllegalStateException if children still ran that {@link #kill()} has not
	 * killed, because the block was left early or did not call {@link #join()}
	 */
	@Override
	public void close() {
		StackRoom.check();
		this.closed = true;
		List<GreenThread<?>> running = this.members.snapshot();
		running.removeIf(GreenThread::isDone);
		this.members.killUninterruptibly();
		throwFailure();
		if (!running.isEmpty() && !this.killed) {
			throw new IllegalStateException("The scope was left while green threads " + names(running)
					+ " ran, which were killed; call join() as the last statement of the block, or kill() if they must not go on");
		}
	}

	private static List<String> names(List<GreenThread<?>> threads) {
		return threads.stream().map(GreenThread::name).toList();
	}

	@Override
	public String toString() {
		return "GreenScope[" + this.members.count() + " children]";
	}

}
