package io.greenroom.sample.calls;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.green.GreenEvent;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;

/**
 * The latest calls of the stage manager, numbered from 1. Readers must not wait inside
 * the handler, because that would keep all others out. A reader that finds no new call
 * takes the event along and waits outside.
 */
@Service
@DeferredHandler
class CallBoard {

	/**
	 * The number of calls that are kept; a reader that was away for longer misses some.
	 */
	private static final int KEPT = 50;

	private final Deque<Call> calls = new ArrayDeque<>();

	private long last;

	/**
	 * One for each call, because a shared event could be cleared before all readers have
	 * looked.
	 */
	private GreenEvent next = new GreenEvent();

	private boolean closed;

	Call call(String text) {
		Call call = new Call(++this.last, text);
		this.calls.addLast(call);
		if (this.calls.size() > KEPT) {
			this.calls.removeFirst();
		}
		this.next.set();
		this.next = new GreenEvent();
		return call;
	}

	/**
	 * Looks for new calls.
	 * @param seen the number of the last call that the reader has seen; a number that was
	 * not given yet comes from an earlier run and counts as none
	 * @return the calls since then, and the event to wait for if there are none
	 */
	Look look(long seen) {
		long after = (seen > this.last) ? 0 : seen;
		return new Look(this.calls.stream().filter((call) -> call.number() > after).toList(), this.next, this.closed);
	}

	/** Wakes all waiting readers, so that they do not delay the shutdown. */
	@EventListener(ContextClosedEvent.class)
	void close() {
		this.closed = true;
		this.next.set();
	}

	/**
	 * One call.
	 *
	 * @param number its number
	 * @param text its text
	 */
	record Call(long number, String text) {
	}

	/**
	 * The board at one moment.
	 *
	 * @param calls the new calls, oldest first
	 * @param next set by the next call, and at the end
	 * @param closed whether there will be no further calls
	 */
	record Look(List<Call> calls, GreenEvent next, boolean closed) {
	}

}
