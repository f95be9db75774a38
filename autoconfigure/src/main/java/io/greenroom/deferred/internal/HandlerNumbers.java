package io.greenroom.deferred.internal;

import java.lang.ref.WeakReference;
import java.time.Duration;

import io.greenroom.observe.HandlerGauges;
import org.jspecify.annotations.Nullable;

/**
 * The live numbers of a handler. Refers strongly to the mailbox only, because a meter
 * must not keep a handler alive.
 */
final class HandlerNumbers implements HandlerGauges {

	private final Mailbox mailbox;

	/**
	 * Written once, by the thread that makes the handler. Other threads may not see it at
	 * first.
	 */
	private volatile @Nullable WeakReference<HandlerCore> core;

	HandlerNumbers(Mailbox mailbox) {
		this.mailbox = mailbox;
	}

	void of(HandlerCore core) {
		this.core = new WeakReference<>(core);
	}

	@Override
	public int queued() {
		return this.mailbox.size();
	}

	@Override
	public Duration oldestAge() {
		return this.mailbox.oldestAge();
	}

	@Override
	public Duration runningAge() {
		WeakReference<HandlerCore> known = this.core;
		HandlerCore there = (known != null) ? known.get() : null;
		return (there != null) ? Snapshots.runningAge(there) : Duration.ZERO;
	}

}
