package io.greenroom.deferred.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Calls in the order in which they will run. Confined to the processor of the mailbox,
 * except for {@link #first} and {@link #forEach}, which give other threads a best-effort
 * view.
 */
final class CallFifo {

	private static final VarHandle CHAIN;

	private static final VarHandle HEAD;
	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			CHAIN = lookup.findVarHandle(CallFifo.class, "chain", Chain.class);
			HEAD = lookup.findVarHandle(Chain.class, "head", Call.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/**
	 * A new object for each chain that comes into an empty line. A reference from an old
	 * object to a young one costs some collectors (G1) a fence, so the reference that
	 * moves on with each call is in an object as young as the calls.
	 */
	private volatile Chain chain = new Chain(null, null);

	@Nullable Call first() {
		return this.chain.head;
	}

	boolean isEmpty() {
		return this.chain.head == null;
	}

	/** Adds a chain of calls at the end. */
	void add(Call first, Call last) {
		Chain now = this.chain;
		Call end = now.tail;
		if (end != null) {
			now.tail = last;
			end.next = first;
		}
		else {
			CHAIN.setRelease(this, new Chain(first, last));
		}
	}

	/** Takes out the first call, or returns {@code null} if there is none. */
	@Nullable Call poll() {
		Call first = this.chain.head;
		if (first != null) {
			unlink(null, first);
		}
		return first;
	}

	/**
	 * Takes out the first call that matches or is over already, among those up to the
	 * given place. The others keep their places.
	 */
	@Nullable Call poll(Predicate<Call> filter, int upTo) {
		Call before = null;
		for (Call call = this.chain.head; call != null && call.order - upTo <= 0; call = call.next) {
			if (!call.isPending() || filter.test(call)) {
				unlink(before, call);
				return call;
			}
			before = call;
		}
		return null;
	}

	/** Returns whether a matching call waits, among those up to the given place. */
	boolean has(Predicate<Call> filter, int upTo) {
		for (Call call = this.chain.head; call != null && call.order - upTo <= 0; call = call.next) {
			if (call.isPending() && filter.test(call)) {
				return true;
			}
		}
		return false;
	}

	private void unlink(@Nullable Call before, Call call) {
		Call after = call.next;
		if (before == null) {
			HEAD.setRelease(this.chain, after);
		}
		else {
			before.next = after;
		}
		if (after == null) {
			this.chain.tail = before;
		}
	}

	void forEach(Consumer<Call> consumer) {
		for (Call call = this.chain.head; call != null; call = call.next) {
			consumer.accept(call);
		}
	}

	/** Calls, each with the next. */
	private static final class Chain {

		/**
		 * Written in release mode, because other threads need not see at once what has
		 * gone.
		 */
		private volatile @Nullable Call head;

		private @Nullable Call tail;

		Chain(@Nullable Call head, @Nullable Call tail) {
			HEAD.set(this, head);
			this.tail = tail;
		}

	}

}
