package io.greenroom.sample;

import java.util.HashSet;
import java.util.Set;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;

/**
 * Notifies every open page of changes. This is a handler too: the caller that has changed
 * something does not wait for the notifications, and the set needs no lock.
 */
@Service
@DeferredHandler
class LiveFeed {

	private final Set<Doorbell> bells = new HashSet<>();

	private boolean closed;

	Doorbell open() {
		Doorbell bell = new Doorbell();
		if (this.closed) {
			bell.close();
		}
		this.bells.add(bell);
		return bell;
	}

	@Oneway
	void leave(Doorbell bell) {
		this.bells.remove(bell);
	}

	@Oneway
	void changed() {
		this.bells.forEach(Doorbell::ring);
	}

	int listeners() {
		return this.bells.size();
	}

	/** Closes all feeds, so that open streams do not delay the shutdown. */
	@EventListener(ContextClosedEvent.class)
	void close() {
		this.closed = true;
		this.bells.forEach(Doorbell::close);
	}

}
