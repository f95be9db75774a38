package io.greenroom.deferred;

import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Calls in the order in which they are to run. Confined to the processor of the mailbox,
 * but for {@link #first} and {@link #forEach}, which show others what they can see.
 */
final class Line {

	private volatile @Nullable Call head;

	private @Nullable Call tail;

	@Nullable Call first() {
		return this.head;
	}

	boolean isEmpty() {
		return this.head == null;
	}

	/** Adds a chain of calls at the end. */
	void add(Call first, Call last) {
		Call end = this.tail;
		this.tail = last;
		if (end == null) {
			this.head = first;
		}
		else {
			end.next = first;
		}
	}

	/** Takes the first call out, {@code null} when there is none. */
	@Nullable Call poll() {
		Call first = this.head;
		if (first != null) {
			unlink(null, first);
		}
		return first;
	}

	/**
	 * Takes the first call out that matches or is over already, among those up to the
	 * given place; the others keep theirs.
	 */
	@Nullable Call poll(Predicate<Call> filter, int upTo) {
		Call before = null;
		for (Call call = this.head; call != null && call.order - upTo <= 0; call = call.next) {
			if (!call.isPending() || filter.test(call)) {
				unlink(before, call);
				return call;
			}
			before = call;
		}
		return null;
	}

	/** Returns whether a call waits that matches, among those up to the given place. */
	boolean has(Predicate<Call> filter, int upTo) {
		for (Call call = this.head; call != null && call.order - upTo <= 0; call = call.next) {
			if (call.isPending() && filter.test(call)) {
				return true;
			}
		}
		return false;
	}

	private void unlink(@Nullable Call before, Call call) {
		Call after = call.next;
		if (before == null) {
			this.head = after;
		}
		else {
			before.next = after;
		}
		if (after == null) {
			this.tail = before;
		}
	}

	void forEach(Consumer<Call> consumer) {
		for (Call call = this.head; call != null; call = call.next) {
			consumer.accept(call);
		}
	}

}
