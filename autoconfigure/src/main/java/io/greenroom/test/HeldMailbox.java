package io.greenroom.test;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.internal.HandlerProbe;
import io.greenroom.green.GreenEvent;
import io.greenroom.green.Parking;
import org.jspecify.annotations.Nullable;

/**
 * A mailbox that a test holds: its calls wait, until the test lets them through one by
 * one or releases the mailbox.
 * {@snippet :
 * try (HeldMailbox mailbox = HeldMailbox.hold(seats)) {
 * 	seats.oneway().reserve(4);
 * 	seats.oneway().cancel(4);
 * 	assertThat(mailbox.calls()).extracting(QueuedCall::method).containsExactly("reserve", "cancel");
 * 	mailbox.step();
 * 	assertThat(seats.direct().isFree(4)).isFalse();
 * }
 * }
 * <p>
 * The handler is held by a body that waits for the test, so that it counts as busy:
 * nothing else runs in it, and a call that waits for its result still meets its timeout.
 * Under the {@linkplain DeterministicScheduler deterministic scheduler} the methods must
 * be called on one of its green threads, or in a {@code @GreenroomTest}. For use by one
 * thread.
 */
public final class HeldMailbox implements AutoCloseable {

	/** How long to wait for the handler if the test does not say. */
	private static final Duration LIMIT = Duration.ofSeconds(10);

	private final HandlerProbe handler;

	private final GreenEvent held = new GreenEvent();

	/** What the test wants next; written by the test, taken by the holding body. */
	private volatile @Nullable Step wanted;

	private volatile boolean released;

	/** The thread of the holding body. Written before {@link #held} is set. */
	private volatile @Nullable Thread owner;

	private HeldMailbox(HandlerProbe handler) {
		this.handler = handler;
	}

	/**
	 * Holds the mailbox of a handler. Calls that came before run first; this waits for
	 * them for up to 10 seconds.
	 * @param handle the handler's handle
	 * @return the mailbox, which must be closed
	 * @throws InterruptedException if the caller is interrupted
	 * @throws IllegalArgumentException if the handle has no mailbox of its own, or the
	 * application processes the calls itself
	 * @throws AssertionError if earlier calls take longer
	 */
	public static HeldMailbox hold(Deferred<?> handle) throws InterruptedException {
		return hold(handle, LIMIT);
	}

	/**
	 * Holds the mailbox of a handler.
	 * @param handle the handler's handle
	 * @param limit how long to wait for calls that came before
	 * @return the mailbox, which must be closed
	 * @throws InterruptedException if the caller is interrupted
	 * @throws IllegalArgumentException if the handle has no mailbox of its own, the
	 * application processes the calls itself, or the limit is negative
	 * @throws AssertionError if earlier calls take longer
	 */
	public static HeldMailbox hold(Deferred<?> handle, Duration limit) throws InterruptedException {
		HandlerProbe handler = HandlerProbe.of(handle);
		if (Objects.requireNonNull(limit, "limit").isNegative()) {
			throw new IllegalArgumentException(
					"The limit is negative: " + limit + "; give zero or a positive duration");
		}
		if (handler.isManual()) {
			throw new IllegalArgumentException(
					"Handler '%s' has processing = MANUAL, so that nothing runs before the test calls Deferred#calls().process(); there is nothing to hold"
						.formatted(handler.name()));
		}
		HeldMailbox mailbox = new HeldMailbox(handler);
		mailbox.begin(handle, limit);
		return mailbox;
	}

	private void begin(Deferred<?> handle, Duration limit) throws InterruptedException {
		CompletableFuture<?> holding = handle.<@Nullable Object>async((target) -> {
			serve();
			return null;
		});
		boolean begun = false;
		try {
			begun = this.held.await(limit);
		}
		finally {
			if (!begun) {
				this.released = true;
				holding.cancel(false);
			}
		}
		if (!begun) {
			throw new AssertionError("The mailbox of handler '%s' could not be held within %s%s"
				.formatted(this.handler.name(), limit, HandlerText.of(this.handler)));
		}
	}

	/** What the holding body does, on the thread that has the handler. */
	private void serve() {
		DeferredCalls calls = DeferredCalls.current();
		this.owner = Thread.currentThread();
		this.held.set();
		while (!this.released && !calls.isClosing() && !Thread.currentThread().isInterrupted()) {
			Step next = this.wanted;
			if (next != null) {
				this.wanted = null;
				next.ran = this.handler.processOne();
				next.done.set();
			}
			else {
				Parking.park(this);
			}
		}
		// In this order: a test that asks for a step now sees one or the other.
		this.released = true;
		Step late = this.wanted;
		if (late != null) {
			late.done.set();
		}
	}

	/**
	 * Returns the calls that wait, urgent ones first and then in their order.
	 * @return a copy
	 */
	public List<QueuedCall> calls() {
		return QueuedCall.of(this.handler);
	}

	/**
	 * Lets the next call through, and waits for up to 10 seconds until its body has
	 * ended.
	 * @return whether there was one
	 * @throws InterruptedException if the caller is interrupted
	 * @throws AssertionError if the body takes longer
	 * @throws IllegalStateException if the mailbox was released, or the handler has ended
	 */
	public boolean step() throws InterruptedException {
		return step(LIMIT);
	}

	/**
	 * Lets the next call through, and waits until its body has ended.
	 * @param limit how long to wait
	 * @return whether there was one
	 * @throws InterruptedException if the caller is interrupted
	 * @throws AssertionError if the body takes longer
	 * @throws IllegalArgumentException if the limit is negative
	 * @throws IllegalStateException if the mailbox was released, or the handler has ended
	 */
	public boolean step(Duration limit) throws InterruptedException {
		Objects.requireNonNull(limit, "limit");
		rejectReleased();
		if (this.handler.queued().isEmpty()) {
			return false;
		}
		Step next = new Step();
		this.wanted = next;
		rejectReleased();
		Parking.unpark(this.owner);
		if (!next.done.await(limit)) {
			throw new AssertionError("The next call of handler '%s' has not ended within %s%s"
				.formatted(this.handler.name(), limit, HandlerText.of(this.handler)));
		}
		return next.ran;
	}

	private void rejectReleased() {
		if (this.released) {
			throw new IllegalStateException(
					"The mailbox of handler '%s' is not held any more: it was released, or the handler is ending"
						.formatted(this.handler.name()));
		}
	}

	/**
	 * Lets all calls through from now on. Returns at once. Idempotent.
	 */
	public void release() {
		this.released = true;
		Parking.unpark(this.owner);
	}

	/** Lets all calls through, as {@link #release()} does. */
	@Override
	public void close() {
		release();
	}

	@Override
	public String toString() {
		return "HeldMailbox[%s, %s, %s waiting]".formatted(this.handler.name(), this.released ? "released" : "held",
				calls().size());
	}

	/** One call to let through. */
	private static final class Step {

		private final GreenEvent done = new GreenEvent();

		/** Written before the event is set. */
		private volatile boolean ran;

	}

}
