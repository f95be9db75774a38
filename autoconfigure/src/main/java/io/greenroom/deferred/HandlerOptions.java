package io.greenroom.deferred;

import java.time.Duration;
import java.util.Objects;

/**
 * How a handler takes its calls.
 *
 * @param name the handler's name in messages, meters and reports; empty takes the class's
 * simple name
 * @param capacity how many calls may wait
 * @param overflow what happens to a call beyond that
 * @param timeout how long a call waits for its result, and any call for room
 * @param processing who lets the calls in
 * @param onTimeout what happens to a body when its caller's time is over
 * @param reentrant whether a call that comes back to this handler through others of the
 * same chain runs at once, where it would otherwise be rejected as a deadlock
 * @param restart when a loop that has thrown is started again
 * @param readers how many read-only bodies may run at once
 * @param busyLimit how long a body may run, or a loop let nothing in, before that is
 * reported; zero never reports
 * @param execution who runs the bodies
 */
public record HandlerOptions(String name, int capacity, Overflow overflow, Duration timeout, Processing processing,
		OnTimeout onTimeout, boolean reentrant, RestartPolicy restart, int readers, Duration busyLimit,
		Execution execution) {

	private static final HandlerOptions DEFAULTS = new HandlerOptions("", 10_000, Overflow.BLOCK,
			Duration.ofSeconds(30), Processing.OWNER, OnTimeout.FINISH, false, RestartPolicy.none(), 256,
			Duration.ofSeconds(10), Execution.OWNER);

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
		Objects.requireNonNull(execution, "execution");
		if (capacity < 1) {
			throw new IllegalArgumentException(
					"The capacity is " + capacity + "; a mailbox needs room for 1 call at least");
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
	}

	/**
	 * Returns the defaults: room for 10 000 calls, callers wait for room, 30 seconds, no
	 * restarts.
	 * @return the default options
	 */
	public static HandlerOptions defaults() {
		return DEFAULTS;
	}

	/**
	 * Returns these options with another name.
	 * @param name the handler's name
	 * @return a copy
	 */
	public HandlerOptions withName(String name) {
		return new HandlerOptions(name, this.capacity, this.overflow, this.timeout, this.processing, this.onTimeout,
				this.reentrant, this.restart, this.readers, this.busyLimit, this.execution);
	}

	/**
	 * Returns these options with another capacity.
	 * @param capacity how many calls may wait; at least 1
	 * @return a copy
	 */
	public HandlerOptions withCapacity(int capacity) {
		return new HandlerOptions(this.name, capacity, this.overflow, this.timeout, this.processing, this.onTimeout,
				this.reentrant, this.restart, this.readers, this.busyLimit, this.execution);
	}

	/**
	 * Returns these options with another overflow policy.
	 * @param overflow what happens to a call when the mailbox is full
	 * @return a copy
	 */
	public HandlerOptions withOverflow(Overflow overflow) {
		return new HandlerOptions(this.name, this.capacity, overflow, this.timeout, this.processing, this.onTimeout,
				this.reentrant, this.restart, this.readers, this.busyLimit, this.execution);
	}

	/**
	 * Returns these options with another timeout.
	 * @param timeout how long a call waits; positive
	 * @return a copy
	 */
	public HandlerOptions withTimeout(Duration timeout) {
		return new HandlerOptions(this.name, this.capacity, this.overflow, timeout, this.processing, this.onTimeout,
				this.reentrant, this.restart, this.readers, this.busyLimit, this.execution);
	}

	/**
	 * Returns these options with another way of processing.
	 * @param processing who lets the calls in
	 * @return a copy
	 */
	public HandlerOptions withProcessing(Processing processing) {
		return new HandlerOptions(this.name, this.capacity, this.overflow, this.timeout, processing, this.onTimeout,
				this.reentrant, this.restart, this.readers, this.busyLimit, this.execution);
	}

	/**
	 * Returns these options with another fate of bodies whose caller has left.
	 * @param onTimeout what happens to a body when its caller's time is over
	 * @return a copy
	 */
	public HandlerOptions withOnTimeout(OnTimeout onTimeout) {
		return new HandlerOptions(this.name, this.capacity, this.overflow, this.timeout, this.processing, onTimeout,
				this.reentrant, this.restart, this.readers, this.busyLimit, this.execution);
	}

	/**
	 * Returns these options with or without reentrancy.
	 * @param reentrant whether a call that comes back through others of its chain runs at
	 * once
	 * @return a copy
	 */
	public HandlerOptions withReentrant(boolean reentrant) {
		return new HandlerOptions(this.name, this.capacity, this.overflow, this.timeout, this.processing,
				this.onTimeout, reentrant, this.restart, this.readers, this.busyLimit, this.execution);
	}

	/**
	 * Returns these options with another restart policy.
	 * @param restart when a loop that has thrown is started again
	 * @return a copy
	 */
	public HandlerOptions withRestart(RestartPolicy restart) {
		return new HandlerOptions(this.name, this.capacity, this.overflow, this.timeout, this.processing,
				this.onTimeout, this.reentrant, restart, this.readers, this.busyLimit, this.execution);
	}

	/**
	 * Returns these options with another number of readers.
	 * @param readers how many read-only bodies may run at once; at least 1
	 * @return a copy
	 */
	public HandlerOptions withReaders(int readers) {
		return new HandlerOptions(this.name, this.capacity, this.overflow, this.timeout, this.processing,
				this.onTimeout, this.reentrant, this.restart, readers, this.busyLimit, this.execution);
	}

	/**
	 * Returns these options with another limit for being busy.
	 * @param busyLimit how long a body may run, or a loop let nothing in, before that is
	 * reported; zero never reports
	 * @return a copy
	 */
	public HandlerOptions withBusyLimit(Duration busyLimit) {
		return new HandlerOptions(this.name, this.capacity, this.overflow, this.timeout, this.processing,
				this.onTimeout, this.reentrant, this.restart, this.readers, busyLimit, this.execution);
	}

	/**
	 * Returns these options with others to run the bodies.
	 * @param execution who runs them
	 * @return a copy
	 */
	public HandlerOptions withExecution(Execution execution) {
		return new HandlerOptions(this.name, this.capacity, this.overflow, this.timeout, this.processing,
				this.onTimeout, this.reentrant, this.restart, this.readers, this.busyLimit, execution);
	}

}
