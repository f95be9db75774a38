package io.greenroom.green;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import io.greenroom.green.internal.Countdown;
import io.greenroom.green.internal.Limits;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * Green threads that are joined and killed together. Unlike a {@code GreenPool}, a group
 * has no bound, and starts its members at once. It forgets members that have ended, but
 * keeps the first failure that no {@code join} has thrown yet for the next {@code join}
 * that raises.
 * <p>
 * Thread-safe; members may use it too. Inspired by gevent's group.
 */
public final class GreenGroup {

	private final GreenScheduler scheduler;

	private final ChildThreads members;

	private final Mapping.Tasks tasks = new MappedMembers();

	GreenGroup(GreenScheduler scheduler) {
		this.scheduler = scheduler;
		this.members = new ChildThreads(false, scheduler.isInOrder());
	}

	/**
	 * Starts a member. While the group is being killed, the new member is killed before
	 * it begins.
	 * @param body what it runs
	 * @return the started thread
	 * @param <T> the type of the result
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public <T> GreenThread<T> spawn(Callable<? extends T> body) {
		GreenThread<T> thread = this.scheduler.unstarted(body);
		this.members.add(thread);
		return this.members.start(thread);
	}

	/**
	 * Starts a member that returns nothing.
	 * @param body what it runs
	 * @return the started thread
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 * @see #spawn(Callable)
	 */
	public GreenThread<Void> spawn(GreenTask body) {
		return spawn(GreenScheduler.callable(body));
	}

	/**
	 * Adds a thread to the group, without starting it. If the group is being killed, the
	 * thread is killed. A thread that has ended matters only if it has failed.
	 * @param thread the thread, of any scheduler
	 */
	public void add(GreenThread<?> thread) {
		this.members.add(Objects.requireNonNull(thread, "thread"));
	}

	/**
	 * Removes a thread, which goes on outside the group. Has no effect if it is not a
	 * member.
	 * @param thread the thread
	 */
	public void discard(GreenThread<?> thread) {
		this.members.discard(Objects.requireNonNull(thread, "thread"));
	}

	/**
	 * Returns how many members have not ended.
	 * @return the number of members
	 */
	public int size() {
		return this.members.count();
	}

	/**
	 * Returns the members that have not ended.
	 * @return a copy, in no order
	 */
	public List<GreenThread<?>> members() {
		return this.members.snapshot();
	}

	/**
	 * Waits until all members have ended, including those added meanwhile, whatever their
	 * outcome.
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalStateException if the caller is a member
	 */
	public void join() throws InterruptedException {
		join(Join.all());
	}

	/**
	 * Waits up to the limit until all members have ended, including those added
	 * meanwhile, whatever their outcome.
	 * @param limit the maximum time to wait; zero checks once without waiting
	 * @return whether all have ended
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalArgumentException if the limit is negative
	 * @throws IllegalStateException if the caller is a member
	 */
	public boolean join(Duration limit) throws InterruptedException {
		return join(Join.all().within(limit));
	}

	/**
	 * Waits as specified, including for members added meanwhile. If the join raises, it
	 * also throws a failure from before this call that no other join has thrown.
	 * {@link GreenThread#get()} shows how to catch a checked exception.
	 * @param how how many to wait for, for how long, and what to do about a failure
	 * @return whether that many, or all, have ended in time
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalStateException if the caller is a member
	 */
	public boolean join(Join how) throws InterruptedException {
		StackRoom.check();
		Countdown time = new Countdown(Objects.requireNonNull(how, "how").nanos());
		int left = how.count();
		raise(how, time);
		for (List<GreenThread<?>> now = members(); left > 0 && !now.isEmpty(); now = members()) {
			Joining.rejectSelf(now);
			try (GreenWait<GreenThread<?>> wait = GreenWait.on(now)) {
				for (; left > 0 && wait.remaining() > 0; left--) {
					GreenThread<?> ended = wait.next(time.left());
					if (ended == null) {
						return false;
					}
					this.members.forget(ended);
					raise(how, time);
				}
			}
		}
		return true;
	}

	private void raise(Join how, Countdown time) throws InterruptedException {
		Throwable failure = how.raises() ? this.members.takeFailure() : null;
		if (failure != null) {
			if (how.onFailure() == Join.OnFailure.KILL_OTHERS) {
				this.members.kill(time);
			}
			throw Failures.rethrow(failure);
		}
	}

	/** Kills all members and does not wait for them. */
	public void kill() {
		this.members.kill();
	}

	/**
	 * Kills all members, including those added until it returns, and waits up to the
	 * limit for them to end.
	 * @param limit the maximum time to wait; zero does not wait
	 * @return whether all have ended; {@link #members()} returns those that still clean
	 * up or are stuck
	 * @throws InterruptedException if the caller is interrupted while it waits; all are
	 * killed nevertheless
	 * @throws IllegalArgumentException if the limit is negative; nothing is killed in
	 * this case
	 * @throws IllegalStateException if the caller is a member; nothing is killed in this
	 * case
	 */
	public boolean kill(Duration limit) throws InterruptedException {
		return this.members.kill(new Countdown(Limits.nanos(limit, "limit"))).isEmpty();
	}

	/**
	 * Applies a function to all items concurrently, each on a member of its own, and
	 * waits for the results. If one fails, the other members of this call are killed and
	 * have ended before the failure is thrown.
	 * @param items the items; if reading them fails, the call fails likewise
	 * @param function the function
	 * @return the results in the order of the items
	 * @param <A> the type of the items
	 * @param <R> the type of the results
	 * @throws InterruptedException if the caller is interrupted while it waits; the
	 * others are killed
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public <A, R> List<@Nullable R> map(Iterable<? extends A> items, GreenFunction<? super A, ? extends R> function)
			throws InterruptedException {
		return Mapping.all(items, function, this.tasks, Integer.MAX_VALUE);
	}

	/**
	 * Applies a function to all items concurrently, each on a member of its own, and
	 * returns without waiting for the results. Items that come later are started when
	 * they come. If the source is not one of the JDK's collections, its iterator may
	 * wait, so it is read on a green thread that is no member, in the caller's context.
	 * If reading the items fails, the running members are killed, and the failure is the
	 * next and last result.
	 * @param items the items, which may all be processed at once
	 * @param function the function
	 * @return the results in the order of the items
	 * @param <A> the type of the items
	 * @param <R> the type of the results
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public <A, R> GreenResults<R> imap(Iterable<? extends A> items, GreenFunction<? super A, ? extends R> function) {
		return results(new Mapping<>(items, function, this.tasks, Integer.MAX_VALUE, true));
	}

	/**
	 * Applies a function to all items concurrently, each on a member of its own, and
	 * returns without waiting for the results. Items that come later are started when
	 * they come. If the source is not one of the JDK's collections, its iterator may
	 * wait, so it is read on a green thread that is no member, in the caller's context.
	 * If reading the items fails, the running members are killed, and the failure is the
	 * next and last result.
	 * @param items the items, which may all be processed at once
	 * @param function the function
	 * @return the results in the order in which they become ready
	 * @param <A> the type of the items
	 * @param <R> the type of the results
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public <A, R> GreenResults<R> imapUnordered(Iterable<? extends A> items,
			GreenFunction<? super A, ? extends R> function) {
		return results(new Mapping<>(items, function, this.tasks, Integer.MAX_VALUE, false));
	}

	private static <A, R> GreenResults<R> results(Mapping<A, R> mapping) {
		StackRoom.check();
		mapping.begin();
		if (mapping.readByReader()) {
			mapping.throwStopOfAll();
		}
		return new MappedResults<>(mapping);
	}

	@Override
	public String toString() {
		return "GreenGroup[" + size() + " members]";
	}

	/**
	 * The tasks of a mapping. The thread that reads its results observes its failures.
	 */
	private final class MappedMembers implements Mapping.Tasks {

		@Override
		public <R> GreenThread<R> start(Callable<? extends @Nullable R> body,
				Consumer<? super GreenThread<R>> whenEnded, @Nullable GreenThread<?> beside) {
			GreenThread<R> thread = GreenGroup.this.scheduler.unstarted(body, beside);
			GreenGroup.this.members.addWatched(thread, false);
			thread.link(whenEnded);
			return GreenGroup.this.members.start(thread);
		}

		@Override
		public GreenThread<Void> puller(Callable<@Nullable Void> body) {
			return GreenGroup.this.scheduler.unstarted(body);
		}

		@Override
		public boolean mustStartHere() {
			return false;
		}

		@Override
		public boolean stopEndsAll() {
			return true;
		}

		@Override
		public void checkMayWait() {
			GreenGroup.this.scheduler.engine().checkMayWait("wait for results", "a group");
		}

	}

}
