package io.greenroom.deferred;

import java.time.Duration;
import java.util.Objects;

/**
 * The options of a handler. Immutable.
 *
 * @param name the handler's name in messages, meters and reports; empty takes the simple
 * name of the class
 * @param capacity how many calls may wait
 * @param overflow what happens to a call when the mailbox is full
 * @param timeout how long a call waits for its result, and for room in the mailbox
 * @param processing who lets the calls in
 * @param onTimeout what happens to a body when its caller's time is over
 * @param reentrant whether a call that comes back to this handler through others of the
 * same chain runs at once, instead of being rejected as a deadlock
 * @param restart when a loop that has thrown is restarted
 * @param readers how many read-only bodies may run at once
 * @param busyLimit how long a body may run, or a loop may let no calls in, before this is
 * reported; zero never reports
 * @param waitLimit how long a call may wait in the mailbox before that is reported; zero
 * never reports
 * @param execution who runs the bodies
 */
public record HandlerOptions(String name, int capacity, Overflow overflow, Duration timeout, Processing processing,
		OnTimeout onTimeout, boolean reentrant, RestartPolicy restart, int readers, Duration busyLimit,
		Duration waitLimit, Execution execution) {

	private static final HandlerOptions DEFAULTS = new HandlerOptions("", 10_000, Overflow.BLOCK,
			Duration.ofSeconds(30), Processing.OWNER, OnTimeout.FINISH, false, RestartPolicy.none(), 256,
			Duration.ofSeconds(10), Duration.ZERO, Execution.OWNER);

	/**
	 * Checks the values.
	 * @throws IllegalArgumentException if the capacity is less than 1 or the timeout not
	 * positive
	 */
	public HandlerOptions {
		Objects.requireNonNull(name, "name");
		Objects.requireNonNull(overflow, "overflow");
		Objects.requireNonNull(timeout, "timeout");
		Objects.requireNonNull(processing, "processing");
		Objects.requireNonNull(onTimeout, "onTimeout");
		Objects.requireNonNull(restart, "restart");
		Objects.requireNonNull(busyLimit, "busyLimit");
		Objects.requireNonNull(waitLimit, "waitLimit");
		Objects.requireNonNull(execution, "execution");
		if (capacity < 1) {
			throw new IllegalArgumentException(
					"The capacity is " + capacity + "; a mailbox needs room for at least 1 call");
		}
		if (!timeout.isPositive()) {
			throw new IllegalArgumentException("The timeout is " + timeout + "; give a positive duration");
		}
		if (readers < 1) {
			throw new IllegalArgumentException("The number of readers is " + readers + "; give 1 or more");
		}
		if (busyLimit.isNegative()) {
			throw new IllegalArgumentException(
					"The limit for being busy is " + busyLimit + "; give zero for none, or a positive duration");
		}
		if (waitLimit.isNegative()) {
			throw new IllegalArgumentException(
					"The limit for waiting is " + waitLimit + "; give zero for none, or a positive duration");
		}
	}

	/**
	 * Returns the defaults: room for 10 000 calls, {@link Overflow#BLOCK}, a timeout of
	 * 30 seconds, and no restarts.
	 * @return the default options
	 */
	public static HandlerOptions defaults() {
		return DEFAULTS;
	}

	/**
	 * Returns a builder that starts from the {@linkplain #defaults() defaults}.
	 * @return a new builder
	 */
	public static Builder builder() {
		return DEFAULTS.toBuilder();
	}

	/**
	 * Returns a builder that starts from these options.
	 * @return a new builder
	 */
	public Builder toBuilder() {
		return new Builder(this);
	}

	/** Builds options. Not thread-safe. */
	public static final class Builder {

		private String name;

		private int capacity;

		private Overflow overflow;

		private Duration timeout;

		private Processing processing;

		private OnTimeout onTimeout;

		private boolean reentrant;

		private RestartPolicy restart;

		private int readers;

		private Duration busyLimit;

		private Duration waitLimit;

		private Execution execution;

		private Builder(HandlerOptions from) {
			this.name = from.name;
			this.capacity = from.capacity;
			this.overflow = from.overflow;
			this.timeout = from.timeout;
			this.processing = from.processing;
			this.onTimeout = from.onTimeout;
			this.reentrant = from.reentrant;
			this.restart = from.restart;
			this.readers = from.readers;
			this.busyLimit = from.busyLimit;
			this.waitLimit = from.waitLimit;
			this.execution = from.execution;
		}

		/**
		 * Sets the name.
		 * @param name the handler's name; empty takes the simple name of the class
		 * @return this builder
		 */
		public Builder name(String name) {
			this.name = Objects.requireNonNull(name, "name");
			return this;
		}

		/**
		 * Sets how many calls may wait.
		 * @param capacity how many calls may wait; at least 1
		 * @return this builder
		 */
		public Builder capacity(int capacity) {
			this.capacity = capacity;
			return this;
		}

		/**
		 * Sets what happens to a call when the mailbox is full.
		 * @param overflow what happens to a call when the mailbox is full
		 * @return this builder
		 */
		public Builder overflow(Overflow overflow) {
			this.overflow = Objects.requireNonNull(overflow, "overflow");
			return this;
		}

		/**
		 * Sets how long a call waits.
		 * @param timeout how long a call waits; positive
		 * @return this builder
		 */
		public Builder timeout(Duration timeout) {
			this.timeout = Objects.requireNonNull(timeout, "timeout");
			return this;
		}

		/**
		 * Sets who lets the calls in.
		 * @param processing who lets the calls in
		 * @return this builder
		 */
		public Builder processing(Processing processing) {
			this.processing = Objects.requireNonNull(processing, "processing");
			return this;
		}

		/**
		 * Sets what happens to a body when its caller's time is over.
		 * @param onTimeout what happens to a body when its caller's time is over
		 * @return this builder
		 */
		public Builder onTimeout(OnTimeout onTimeout) {
			this.onTimeout = Objects.requireNonNull(onTimeout, "onTimeout");
			return this;
		}

		/**
		 * Sets whether a call that comes back runs at once.
		 * @param reentrant whether a call that comes back through others of the same
		 * chain runs at once
		 * @return this builder
		 */
		public Builder reentrant(boolean reentrant) {
			this.reentrant = reentrant;
			return this;
		}

		/**
		 * Sets when a loop is restarted.
		 * @param restart when a loop that has thrown is restarted
		 * @return this builder
		 */
		public Builder restart(RestartPolicy restart) {
			this.restart = Objects.requireNonNull(restart, "restart");
			return this;
		}

		/**
		 * Sets how many read-only bodies may run at once.
		 * @param readers how many read-only bodies may run at once; at least 1
		 * @return this builder
		 */
		public Builder readers(int readers) {
			this.readers = readers;
			return this;
		}

		/**
		 * Sets how long a body may run unreported.
		 * @param busyLimit how long a body may run before it is reported; zero never
		 * reports
		 * @return this builder
		 */
		public Builder busyLimit(Duration busyLimit) {
			this.busyLimit = Objects.requireNonNull(busyLimit, "busyLimit");
			return this;
		}

		/**
		 * Sets how long a call may wait unreported.
		 * @param waitLimit how long a call may wait in the mailbox before that is
		 * reported; zero never reports, nor does a handler without a limit for being busy
		 * @return this builder
		 */
		public Builder waitLimit(Duration waitLimit) {
			this.waitLimit = Objects.requireNonNull(waitLimit, "waitLimit");
			return this;
		}

		/**
		 * Sets who runs the bodies.
		 * @param execution who runs the bodies
		 * @return this builder
		 */
		public Builder execution(Execution execution) {
			this.execution = Objects.requireNonNull(execution, "execution");
			return this;
		}

		/**
		 * Builds the options.
		 * @return options with these values
		 * @throws IllegalArgumentException if a value is out of range
		 */
		public HandlerOptions build() {
			return new HandlerOptions(this.name, this.capacity, this.overflow, this.timeout, this.processing,
					this.onTimeout, this.reentrant, this.restart, this.readers, this.busyLimit, this.waitLimit,
					this.execution);
		}

	}

}
