package io.greenroom.green;

import java.time.Duration;

import io.greenroom.green.internal.Limits;
import org.jspecify.annotations.Nullable;

/**
 * The instant by which work must be done, passed down to the code that does it. Unlike a
 * {@link Timeout} it does not interrupt a thread, so it never closes the socket of a
 * pooled connection. The code asks how much time is left, and passes it to each call that
 * takes a limit.
 * {@snippet :
 * Deadline deadline = Deadline.after(Duration.ofSeconds(2));
 * socket.setSoTimeout(deadline.checkMillis());
 * while (more()) {
 * 	deadline.check();
 * 	step();
 * }
 * }
 * Immutable. Inspired by the deadline of Go's contexts.
 */
public final class Deadline {

	private static final Deadline NONE = new Deadline(0, null);

	/** On the scale of {@link Blocking#now()}. */
	private final long start;

	/** Counted from the start; {@code null} if unlimited. */
	private final @Nullable Duration limit;

	private Deadline(long start, @Nullable Duration limit) {
		this.start = start;
		this.limit = limit;
	}

	/**
	 * Creates a deadline.
	 * @param limit how long from now
	 * @return the deadline
	 * @throws IllegalArgumentException if the limit is negative
	 */
	public static Deadline after(Duration limit) {
		Limits.nanos(limit, "limit");
		return new Deadline(Blocking.now(), limit);
	}

	/**
	 * Returns a deadline that never passes, for a configurable limit that is switched
	 * off.
	 * @return the deadline
	 */
	public static Deadline none() {
		return NONE;
	}

	/**
	 * Returns the earlier of this deadline and one that starts now, for a step with a
	 * limit of its own.
	 * @param limit the maximum time from now
	 * @return the earlier deadline
	 * @throws IllegalArgumentException if the limit is negative
	 */
	public Deadline within(Duration limit) {
		Deadline other = after(limit);
		return (other.remaining().compareTo(remaining()) < 0) ? other : this;
	}

	/**
	 * Returns how much time is left.
	 * @return the time left; zero if the deadline has passed, and about 292 years if
	 * there is none
	 */
	public Duration remaining() {
		return Duration.ofNanos(nanos());
	}

	private long nanos() {
		long all = (this.limit == null) ? Long.MAX_VALUE : Limits.nanos(this.limit, "limit");
		return (all == Long.MAX_VALUE) ? all : Math.max(0, all - (Blocking.now() - this.start));
	}

	/**
	 * Returns whether the deadline has passed.
	 * @return whether no time is left
	 */
	public boolean isExpired() {
		return nanos() == 0;
	}

	/**
	 * Returns how much time is left, and throws if there is none.
	 * @return the time left, never zero
	 * @throws DeadlineExceededException if the deadline has passed
	 */
	public Duration check() {
		long left = nanos();
		if (left == 0) {
			throw new DeadlineExceededException((this.limit == null) ? Duration.ZERO : this.limit);
		}
		return Duration.ofNanos(left);
	}

	/**
	 * Returns how much time is left, and throws if there is none. For calls that take
	 * milliseconds and treat zero as "no limit", such as
	 * {@link java.net.Socket#setSoTimeout(int)}.
	 * @return the time left in milliseconds, rounded up, never zero
	 * @throws DeadlineExceededException if the deadline has passed
	 */
	public int checkMillis() {
		long millis = check().plusNanos(999_999).toMillis();
		return (int) Math.min(Integer.MAX_VALUE, millis);
	}

	@Override
	public String toString() {
		return "Deadline[" + ((this.limit == null) ? "none" : remaining() + " of " + this.limit + " left") + "]";
	}

}
