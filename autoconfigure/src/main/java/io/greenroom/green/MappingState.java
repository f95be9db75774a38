package io.greenroom.green;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.SequencedSet;

import org.jspecify.annotations.Nullable;

/**
 * The state of a {@link Mapping}: which items are in progress and how far they are, how
 * many more may begin, whether the items have ended, and which thread pulls them. All of
 * it is guarded by this. No method here waits, wakes a thread or calls foreign code.
 */
final class MappingState<A, R> {

	private final int ahead;

	/**
	 * Whether the next result is that of the next item, rather than of the item that ends
	 * next.
	 */
	private final boolean ordered;

	/** In the order of the items, without those whose results were handed out. */
	private final SequencedSet<MappedItem<A, R>> begun = new LinkedHashSet<>();

	/**
	 * What was pulled for a reader that must start it itself. These items have begun,
	 * too.
	 */
	private final Queue<MappedItem<A, R>> unstarted = new ArrayDeque<>();

	/**
	 * The item that is being started; {@code null} once the outcome of the start is
	 * known.
	 */
	private @Nullable MappedItem<A, R> starting;

	/** The thread that starts that item: a puller, or {@code null} for the reader. */
	private @Nullable GreenThread<Void> starter;

	/**
	 * The ended items, in the order of their ends if that matters. Linked through the
	 * items, so that an end needs no memory.
	 */
	private @Nullable MappedItem<A, R> firstEnded;

	private @Nullable MappedItem<A, R> lastEnded;

	/** How many have begun and have not been counted as done by the reader. */
	private int open;

	/** How many may be open. */
	private long room;

	private boolean exhausted;

	private @Nullable Throwable stoppedBy;

	private @Nullable GreenThread<Void> puller;

	/** Whether the reader starts what is pulled. */
	private boolean readerStarts;

	MappingState(int ahead, boolean ordered) {
		this.ahead = ahead;
		this.ordered = ordered;
	}

	/** Allows as many open items as may be ahead of the reader. */
	synchronized void makeRoom() {
		this.room = this.ahead;
	}

	/** Allows one more open item: the one that the reader is about to wait for. */
	synchronized void makeRoomForNext() {
		this.room = this.ahead + 1L;
	}

	private boolean mayPull() {
		return !this.exhausted && this.open < this.room;
	}

	/** Returns whether there is something to pull and no thread that does. */
	synchronized boolean needsPuller(boolean readerStarts) {
		this.readerStarts = readerStarts;
		return this.puller == null && mayPull();
	}

	synchronized void setPuller(@Nullable GreenThread<Void> puller) {
		this.puller = puller;
	}

	synchronized @Nullable GreenThread<Void> puller() {
		return this.puller;
	}

	/** Returns whether the thread was the puller until now. */
	synchronized boolean pullerEnded(GreenThread<Void> ended) {
		dropBrokenStart(ended);
		boolean current = this.puller == ended;
		if (current) {
			this.puller = null;
		}
		return current;
	}

	/**
	 * Returns whether to pull another item. If not, a puller stops being one, and the
	 * next may begin.
	 * @param beside the puller; {@code null} for the reader
	 */
	synchronized boolean pullsOn(@Nullable GreenThread<Void> beside) {
		dropBrokenStart(beside);
		boolean on = mayPull();
		if (!on && beside != null && this.puller == beside) {
			this.puller = null;
		}
		return on;
	}

	/**
	 * Puts an item at the end, unless the items have ended.
	 * @param beside the puller that has it; {@code null} for the reader
	 * @return whether the thread that pulled it must start it; otherwise the reader does,
	 * if at all
	 */
	synchronized boolean put(MappedItem<A, R> item, @Nullable GreenThread<Void> beside) {
		if (this.exhausted) {
			return false;
		}
		this.begun.add(item);
		item.open = true;
		this.open++;
		if (beside == null || !this.readerStarts) {
			this.starting = item;
			this.starter = beside;
			return true;
		}
		this.unstarted.add(item);
		return false;
	}

	/** Takes out the next item that the reader must start. */
	synchronized @Nullable MappedItem<A, R> pollUnstarted() {
		dropBrokenStart(null);
		MappedItem<A, R> next = this.unstarted.poll();
		if (next != null) {
			this.starting = next;
			this.starter = null;
		}
		return next;
	}

	/**
	 * Takes out an item whose start ended silently, as happens when the stack overflows
	 * even during the clean-up. A thread that starts items calls this before the next
	 * one.
	 */
	private void dropBrokenStart(@Nullable GreenThread<Void> asking) {
		MappedItem<A, R> broken = this.starting;
		if (broken != null && this.starter == asking) {
			notStarted(broken);
			stop(new IllegalStateException("An item could not be started; its failure has been thrown already"));
		}
	}

	/**
	 * Records the item's thread.
	 * @return whether the item still counts, so that a thread that ends all items finds
	 * its thread
	 */
	synchronized boolean started(MappedItem<A, R> item, GreenThread<R> thread) {
		item.thread = thread;
		this.starting = null;
		return item.ended || item.open;
	}

	/** Takes out an item that cannot be started, and those after it. */
	synchronized void notStarted(MappedItem<A, R> item) {
		forget(item);
		// Their turn would come after the failure that has stopped them.
		this.unstarted.forEach(this::forget);
		this.unstarted.clear();
		this.starting = null;
	}

	private void forget(MappedItem<A, R> item) {
		this.begun.remove(item);
		if (item.open) {
			item.open = false;
			this.open--;
		}
	}

	/** Records an end; returns whether the reader may be waiting for it. */
	synchronized boolean ended(MappedItem<A, R> item, GreenThread<R> thread) {
		item.thread = thread;
		item.ended = true;
		if (!item.open || (this.ordered && this.begun.getFirst() != item)) {
			return false;
		}
		if (!this.ordered) {
			addEnded(item);
		}
		return true;
	}

	private void addEnded(MappedItem<A, R> item) {
		if (this.lastEnded == null) {
			this.firstEnded = item;
		}
		else {
			this.lastEnded.next = item;
		}
		this.lastEnded = item;
	}

	/** Counts the next ended item as done, if there is one. */
	synchronized @Nullable MappedItem<A, R> pollDone() {
		MappedItem<A, R> next = this.ordered ? pollFirst() : pollEnded();
		if (next != null) {
			next.open = false;
			this.open--;
			this.room = Math.min(this.room, this.ahead);
		}
		return next;
	}

	private @Nullable MappedItem<A, R> pollFirst() {
		return (!this.begun.isEmpty() && this.begun.getFirst().ended) ? this.begun.getFirst() : null;
	}

	/**
	 * Takes the next ended item. An item that could not be started has ended too, but
	 * gives no result.
	 */
	private @Nullable MappedItem<A, R> pollEnded() {
		while (true) {
			MappedItem<A, R> ended = this.firstEnded;
			if (ended == null) {
				return null;
			}
			this.firstEnded = ended.next;
			if (this.firstEnded == null) {
				this.lastEnded = null;
			}
			if (ended.open) {
				return ended;
			}
		}
	}

	/** Takes out the next item in order, if its end was seen. */
	synchronized @Nullable MappedItem<A, R> pollSeen() {
		return (!this.begun.isEmpty() && this.begun.getFirst().seen) ? this.begun.removeFirst() : null;
	}

	/** Takes out an item whose result is handed out. */
	synchronized void handedOut(MappedItem<A, R> item) {
		this.begun.remove(item);
	}

	/** Returns the thread of the item whose result comes next, if that is known. */
	synchronized @Nullable GreenThread<R> nextThread() {
		return (this.ordered && !this.begun.isEmpty()) ? this.begun.getFirst().thread : null;
	}

	synchronized boolean nextIsKnown() {
		return this.open > 0 || this.exhausted;
	}

	/** Returns whether there is another result, or a failure instead. */
	synchronized boolean hasNext() {
		return this.open > 0 || this.stoppedBy != null;
	}

	/** Returns whether there are no more items. */
	synchronized boolean isOver() {
		return this.open == 0 && this.exhausted;
	}

	/** Ends the items, once. */
	synchronized void stop(@Nullable Throwable failure) {
		if (!this.exhausted) {
			this.exhausted = true;
			this.stoppedBy = failure;
		}
	}

	/** Returns whether a failure that has not been taken has stopped the items. */
	synchronized boolean isFailed() {
		return this.stoppedBy != null;
	}

	synchronized @Nullable Throwable takeFailure() {
		Throwable failure = this.stoppedBy;
		this.stoppedBy = null;
		return failure;
	}

	/** Ends the items and the results; returns the puller, which has stopped pulling. */
	synchronized @Nullable GreenThread<Void> close() {
		this.exhausted = true;
		this.stoppedBy = null;
		GreenThread<Void> pulling = this.puller;
		this.puller = null;
		return pulling;
	}

	/** Takes out all items that have begun, in order. */
	synchronized List<MappedItem<A, R>> removeAll() {
		List<MappedItem<A, R>> all = new ArrayList<>(this.begun);
		for (MappedItem<A, R> item : all) {
			item.open = false;
		}
		this.begun.clear();
		this.unstarted.clear();
		this.firstEnded = null;
		this.lastEnded = null;
		this.open = 0;
		return all;
	}

}
