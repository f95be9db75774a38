package io.greenroom.sample.quota;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.keyed.Key;

import org.springframework.stereotype.Service;

/** How often a client may do something. */
@Service
@DeferredHandler
class Quota {

	private final String client;

	private int used; // of this client only, and no lock

	Quota(@Key String client) {
		this.client = client;
	}

	boolean take() {
		return this.used++ < 100;
	}

	String report() {
		return this.client + " has called " + this.used + " times";
	}

}
