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
 * The last calls of the stage manager, numbered from 1. Nobody waits in here, or nobody
 * else could get in: who finds no new call takes the event along and waits outside.
 */
@Service
@DeferredHandler
class CallBoard {

	/** Who has been away for longer has missed the rest. */
	private static final int KEPT = 50;

	private final Deque<Call> calls = new ArrayDeque<>();

	private long last;

	/** One for each call: a shared one could be cleared before everybody has looked. */
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
	 * Looks for calls.
	 * @param seen the number of the last call that the reader has seen; one that has not
	 * been given yet comes from an earlier run, and counts as none
	 * @return the calls since, and what to wait for if there are none
	 */
	Look look(long seen) {
		long after = (seen > this.last) ? 0 : seen;
		return new Look(this.calls.stream().filter((call) -> call.number() > after).toList(), this.next, this.closed);
	}

	/** Sends those away who wait, so that they do not hold up the shutdown. */
	@EventListener(ContextClosedEvent.class)
	void close() {
		this.closed = true;
		this.next.set();
	}

	/**
	 * One call.
	 *
	 * @param number its number
	 * @param text what was called
	 */
	record Call(long number, String text) {
	}

	/**
	 * The board at one moment.
	 *
	 * @param calls what is new, oldest first
	 * @param next set by the next call, and at the end
	 * @param closed whether there will be no next call
	 */
	record Look(List<Call> calls, GreenEvent next, boolean closed) {
	}

}
