package io.greenroom.sample;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;

import org.springframework.stereotype.Service;

/** The latest events at the box office. */
@Service
@DeferredHandler
class Notebook {

	private static final int NOTES = 50;

	private final Deque<String> notes = new ArrayDeque<>();

	private final LiveFeed feed;

	Notebook(LiveFeed feed) {
		this.feed = feed;
	}

	/** A oneway method: its callers do not wait, and its failures do not reach them. */
	@Oneway
	void note(String text) {
		this.notes.addFirst(text);
		if (this.notes.size() > NOTES) {
			this.notes.removeLast();
		}
		this.feed.changed();
	}

	List<String> last() {
		return List.copyOf(this.notes);
	}

}
